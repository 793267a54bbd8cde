import type { GraphNode } from '../document.ts';
import type { Port } from '../port.ts';
import { condition } from './condition.ts';
import { end } from './end.ts';
import { entity } from './entity.ts';
import { event } from './event.ts';
import { fail } from './fail.ts';
import { forEach } from './for-each.ts';
import { http } from './http.ts';
import { humanTask } from './human-task.ts';
import { join } from './join.ts';
import { loop } from './loop.ts';
import type { NodeType } from './node-type.ts';
import { scope } from './scope.ts';
import { setStatus } from './set-status.ts';
import { setVariables } from './set-variables.ts';
import { start } from './start.ts';
import { subWorkflow } from './sub-workflow.ts';
import { timer } from './timer.ts';
import { transform } from './transform.ts';

/** The node types by key, in the order of the palette. */
export interface Catalogue {
  readonly types: readonly NodeType[];
  get(key: string): NodeType | undefined;
}

export function createCatalogue(types: readonly NodeType[]): Catalogue {
  const byKey = new Map(types.map((type) => [type.key, type]));
  if (byKey.size !== types.length) throw new Error('Two node types share a key');
  return { types, get: (key) => byKey.get(key) };
}

/** What a workflow may use unless told otherwise. Adding a node type: its file, and one line here. */
export const standardCatalogue = createCatalogue([
  start,
  http,
  transform,
  humanTask,
  timer,
  event,
  condition,
  join,
  forEach,
  loop,
  scope,
  subWorkflow,
  entity,
  setVariables,
  setStatus,
  fail,
  end,
]);

/** Where tokens leave a node. A node of an unknown type has no ports. */
export function portsOf(node: Pick<GraphNode, 'type' | 'config'>, catalogue: Catalogue = standardCatalogue): Port[] {
  return catalogue.get(node.type)?.ports(node.config) ?? [];
}

/** The node's second line on the canvas. `incoming`: how many edges lead into it. */
export function summaryOf(node: Pick<GraphNode, 'type' | 'config'>, incoming: number, catalogue: Catalogue = standardCatalogue): string {
  return catalogue.get(node.type)?.summary(node.config, incoming) ?? `Unknown node type ${node.type}`;
}
