import type { Problem } from '@perdure/graph';
import type { DesignerSession } from './designer-session.ts';

/** Goes to where a problem is: its node or edge on the canvas, and its field in the inspector. */
export function showProblem({ model, stage }: DesignerSession, problem: Problem): void {
  const edge = problem.edge === undefined ? undefined : model.document.edges.find(({ id }) => id === problem.edge);
  const node = problem.node ?? edge?.source;
  if (node === undefined) return;
  if (edge && problem.node === undefined) model.select({ nodes: new Set(), edges: new Set([edge.id]) });
  else model.selectNode(node);
  stage.centre(model.document, node);
  if (problem.field !== undefined && problem.node !== undefined) model.showField(problem.node, problem.field);
}
