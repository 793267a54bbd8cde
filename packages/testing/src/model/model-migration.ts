/** What stands in an instance gets the names it has in another version. [O10] */
import { moveTo } from './model-join.ts';
import { framesIn, openSteps, type Place, type Token } from './model-place.ts';
import type { ModelVersion } from './model-version.ts';
import type { Migration } from './stimulus.ts';

/** `tokens`: on their way, besides those of the place. */
export function rename(place: Place, tokens: readonly Token[], version: ModelVersion, { nodes, edges }: Migration): void {
  const newId = (id: string): string => nodes.get(id) ?? id;
  for (const token of tokens) {
    token.target = newId(token.target);
    token.via = edges.get(token.via) ?? token.via;
  }
  const deferred = place.deferred.map(({ step }) => step);
  for (const step of new Set([...openSteps(place.root), ...deferred])) step.node = version.node(newId(step.node.id));
  for (const frame of framesIn(place.root)) {
    frame.outputs = renamed(frame.outputs, nodes);
    frame.joins = renamed(frame.joins, nodes);
    for (const [id, join] of frame.joins) {
      const incoming = version.edgesInto(id).map((edge) => edge.id);
      moveTo(join, incoming, edges);
    }
  }
}

/** What gets a new name takes the place of what had it. */
function renamed<Value>(values: ReadonlyMap<string, Value>, names: ReadonlyMap<string, string>): Map<string, Value> {
  const kept = [...values].filter(([name]) => !names.has(name));
  return new Map([
    ...kept,
    ...[...values].flatMap(([name, value]): [string, Value][] => (names.has(name) ? [[names.get(name) ?? '', value]] : [])),
  ]);
}
