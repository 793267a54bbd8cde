import { faultReason } from './connect-rules.ts';
import type { GraphIndex } from './graph-index.ts';
import { nameOf } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { Problem } from './problem.ts';

/** What a plan cannot be built without: known types, one start, containers that nest, edges whose ends exist and may be connected. */
export function checkStructure(index: GraphIndex): Problem[] {
  return [...nodeProblems(index), ...startProblems(index), ...edgeProblems(index)];
}

const maxNesting = 16;

function nodeProblems(index: GraphIndex): Problem[] {
  const problems: Problem[] = [];
  for (const node of index.document.nodes) {
    if (!index.types.has(node.id)) {
      problems.push({
        code: 'node.unknown-type',
        severity: 'error',
        title: 'Unknown node type',
        detail: `${nameOf(index, node.id)} is of the type "${node.type}", which this installation does not have.`,
        node: node.id,
        field: 'type',
      });
    }
    if (node.parent === null) continue;
    const problem = parentProblem(index, node.id, node.parent);
    if (problem)
      problems.push({
        code: 'node.parent',
        severity: 'error',
        title: 'Container does not fit',
        detail: problem,
        node: node.id,
        field: 'parent',
      });
  }
  return problems;
}

function parentProblem(index: GraphIndex, id: NodeId, parent: NodeId): string | undefined {
  const name = nameOf(index, id);
  if (!index.nodes.has(parent)) return `${name} is inside "${parent}", which does not exist.`;
  if (index.types.get(parent)?.container === false) return `${name} is inside ${nameOf(index, parent)}, which is not a container.`;
  let depth = 1;
  for (let above: NodeId | null | undefined = parent; above; above = index.nodes.get(above)?.parent) {
    if (above === id) return `${name} is inside itself.`;
    // Also ends the walk when containers above form a ring that this node is not part of.
    if (depth++ > maxNesting) return `${name} is nested more than ${maxNesting} containers deep. Move a part into a sub-workflow.`;
  }
  return undefined;
}

function startProblems(index: GraphIndex): Problem[] {
  const starts = index.document.nodes.filter(({ id }) => index.types.get(id)?.hasInput === false);
  const problems: Problem[] = [];
  if (starts.length === 0)
    problems.push({ code: 'start.missing', severity: 'error', title: 'No start', detail: 'Nothing begins this workflow. Add a start.' });
  for (const extra of starts.slice(1)) {
    problems.push({
      code: 'start.several',
      severity: 'error',
      title: 'More than one start',
      detail: `A workflow has one start, and ${nameOf(index, starts[0]!.id)} is it. Remove ${nameOf(index, extra.id)}.`,
      node: extra.id,
    });
  }
  for (const { id, parent } of starts) {
    if (parent !== null)
      problems.push({
        code: 'start.inside-container',
        severity: 'error',
        title: 'Start inside a container',
        detail: `Move ${nameOf(index, id)} out of ${nameOf(index, parent)}: a container is entered by its own body port.`,
        node: id,
      });
  }
  return problems;
}

const faultTitles = {
  'missing-node': 'Edge leads nowhere',
  'missing-port': 'Edge from a missing port',
  'no-input': 'Edge into a start',
  'no-output': 'Edge out of an end',
  'crosses-container': 'Edge crosses a container',
  'body-leaves-container': 'Body leads out of its container',
  self: 'Step leads to itself',
  duplicate: 'Edge drawn twice',
} as const;

function edgeProblems(index: GraphIndex): Problem[] {
  return index.broken.map(({ edge, fault }) => ({
    code: `edge.${fault}`,
    severity: 'error',
    title: faultTitles[fault],
    detail: `${faultReason(index, edge, fault)} Remove the edge or connect it again.`,
    edge: edge.id,
    ...(index.nodes.has(edge.source) && { node: edge.source }),
  }));
}
