import type { NodeId, Problem } from '@perdure/graph';
import type { DesignerSession } from './designer-session.ts';

/** Goes to where a problem is: its node or edge on the canvas, and its field in the inspector. */
export function showProblem({ model, stage, screen }: DesignerSession, problem: Problem): void {
  const edge = problem.edge === undefined ? undefined : model.document.edges.find(({ id }) => id === problem.edge);
  const node = problem.node ?? edge?.source;
  if (node === undefined) return;
  if (edge && problem.node === undefined) model.select({ nodes: new Set(), edges: new Set([edge.id]) });
  else model.selectNode(node);
  screen.setState({ problem: { shown: problem, hovered: null } });
  const way = wayOf(problem);
  if (way.size > 1) stage.show(model.document, { only: way });
  else stage.centre(model.document, node);
  if (problem.field !== undefined && problem.node !== undefined) model.showField(problem.node, problem.field);
}

/** The end of the way that leads to the problem is what has to be seen; the whole of a long one would be too small to read. */
function wayOf({ node, path = [], witness }: Problem): Set<NodeId> {
  const way = path.length > mostShown ? [...(witness?.choices.map((choice) => choice.node) ?? []), ...path.slice(-4)] : path;
  return new Set(node === undefined ? way : [...way, node]);
}

const mostShown = 30;
