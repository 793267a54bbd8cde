import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import { compileNode } from './compile-node.ts';
import type { GraphEdge, WorkflowDocument } from './document.ts';
import { JoinRegions, frameGraph } from './frame-graph.ts';
import { indexGraph } from './graph-index.ts';
import type { NodeId, PortId } from './ids.ts';
import type { ExpressionAnalyser, Plan, PlanEdge, PlanNode } from './plan.ts';
import type { Problem } from './problem.ts';
import { checkStructure } from './structure.ts';

export interface CompileOptions {
  analyser: ExpressionAnalyser;
  catalogue?: Catalogue;
}

export type Compiled = { ok: true; plan: Plan } | { ok: false; problems: Problem[] };

/**
 * Document → plan. Refuses what cannot be run at all (structure, configs, expressions); whether it is wise to run is for `validate` to say,
 * which is asked before publishing. Time and memory grow with nodes and edges, plus once per join that cancels the rest.
 */
export function compile(document: WorkflowDocument, { analyser, catalogue = standardCatalogue }: CompileOptions): Compiled {
  const index = indexGraph(document, catalogue);
  const problems = checkStructure(index);
  const regions = new Map<NodeId | null, JoinRegions>();
  const regionsIn = (container: NodeId | null): JoinRegions => {
    let found = regions.get(container);
    if (!found) regions.set(container, (found = new JoinRegions(index, frameGraph(index, container))));
    return found;
  };
  const nodes = new Map<NodeId, PlanNode>();
  let start: NodeId | undefined;
  for (const node of document.nodes) {
    const type = index.types.get(node.id);
    if (!type) continue;
    if (!type.hasInput) start = node.id;
    const compiled = compileNode(index, node, type, analyser, () => regionsIn(node.parent));
    problems.push(...compiled.problems);
    if (!compiled.body) continue;
    const outputs = new Map<PortId, PlanEdge[]>();
    const edges = index.outgoing.get(node.id);
    // In the order of the ports, not of the edges: the first normal port is what a disabled node leaves by.
    for (const port of index.ports.get(node.id) ?? []) {
      const leaving = edges?.get(port.id);
      if (leaving) outputs.set(port.id, leaving.map(planEdge));
    }
    nodes.set(node.id, {
      ...compiled.body,
      id: node.id,
      type: node.type,
      title: node.title.trim() || type.label,
      parent: node.parent,
      disabled: node.disabled ?? false,
      outputs,
      incoming: (index.incoming.get(node.id) ?? []).map(planEdge),
    });
  }
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  if (start === undefined) throw new Error('A structure without problems has a start');
  return { ok: true, plan: { start, nodes } };
}

function planEdge({ id, source, sourcePort, target }: GraphEdge): PlanEdge {
  return { id, source, port: sourcePort, target };
}
