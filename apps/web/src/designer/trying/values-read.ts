import { expressionAnalyser } from '@perdure/expressions';
import { embeddedExpressions, standardCatalogue, type GraphNode, type NodeId, type WorkflowDocument } from '@perdure/graph';

/** What a run that begins at a node reads of what came before it. Null: all of it, or nobody can tell. */
export interface ValuesRead {
  input: boolean;
  steps: readonly NodeId[] | null;
  vars: readonly string[] | null;
}

/** Of the node with everything inside it, and, unless it runs alone, of all that comes after it. What runs itself is not among the steps. */
export function valuesRead(document: WorkflowDocument, from: NodeId, only: boolean): ValuesRead {
  const running = only ? new Set([from]) : after(document, from);
  const inside = document.nodes.filter((node) => running.has(topOf(document, node)));
  const steps = new Set<NodeId>();
  const vars = new Set<string>();
  let [input, allSteps, allVars] = [false, false, false];
  for (const node of inside) {
    for (const source of sourcesOf(node)) {
      const analysed = expressionAnalyser.analyse(source);
      if (!analysed.ok) continue;
      for (const [root, name] of analysed.expression.reads) {
        if (root === undefined || root === 'input') input = true;
        if (root === undefined || (root === 'steps' && name === undefined)) allSteps = true;
        if (root === undefined || (root === 'vars' && name === undefined)) allVars = true;
        if (root === 'steps' && name !== undefined && !running.has(name as NodeId)) steps.add(name as NodeId); // an id in a path
        if (root === 'vars' && name !== undefined) vars.add(name);
      }
    }
  }
  return { input, steps: allSteps ? null : [...steps].sort(), vars: allVars ? null : [...vars].sort() };
}

function after(document: WorkflowDocument, from: NodeId): Set<NodeId> {
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const found = new Set([from]);
  for (const id of found)
    for (const { source, target } of document.edges) if (source === id && parents.get(target) === null) found.add(target);
  return found;
}

/** The node at the top level that a node is, or is inside. */
function topOf(document: WorkflowDocument, node: GraphNode): NodeId {
  const seen = new Set<NodeId>();
  let at = node;
  while (at.parent !== null && !seen.has(at.id)) {
    seen.add(at.id);
    const around = document.nodes.find(({ id }) => id === at.parent);
    if (!around) break;
    at = around;
  }
  return at.id;
}

function sourcesOf(node: GraphNode): string[] {
  const fields = standardCatalogue.get(node.type)?.fields ?? [];
  return Object.entries(node.config).flatMap(([name, value]) => {
    const widget = fields.find((field) => field.name === name)?.widget;
    if (widget === 'expression' && typeof value === 'string') return [value];
    if (widget === 'cases' && Array.isArray(value))
      return value.flatMap((one) =>
        typeof one === 'object' && one !== null && !Array.isArray(one) && typeof one.when === 'string' ? [one.when] : [],
      );
    return embeddedExpressions(name, value).map(({ source }) => source);
  });
}
