import type { EdgeId, NodeId, Problem, WorkflowDocument } from '@perdure/graph';
import type { CanvasMarks, EdgeMark, NodeMark } from '../canvas/canvas-marks.ts';

/** How a problem is drawn: the way that leads to it, what decides it, and the edges whose token never comes. Null: there is nothing to draw. */
export function problemMarks(problem: Problem, document: WorkflowDocument): CanvasMarks | null {
  const { node, edge, path = [], witness } = problem;
  const nodes = new Map<NodeId, NodeMark>(path.map((id) => [id, 'path']));
  const edges = new Map<EdgeId, EdgeMark>();
  if (witness) {
    for (const id of witness.taken) edges.set(id, 'taken');
    for (const id of witness.missing) edges.set(id, 'missing');
    for (const choice of witness.choices) nodes.set(choice.node, 'cause');
  } else if (path.length > 1) {
    const way = new Set(path);
    for (const { id, source, target } of document.edges) if (way.has(source) && way.has(target)) edges.set(id, 'taken');
  }
  if (edge !== undefined) edges.set(edge, 'missing');
  if (node !== undefined) nodes.set(node, 'focus');
  return nodes.size + edges.size === 0 ? null : { nodes, edges, dim: path.length > 1 };
}
