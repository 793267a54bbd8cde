import { fixFor, indexGraph, type Fix, type Problem } from '@perdure/graph';
import type { DesignerSession } from './designer-session.ts';
import { fitContainers } from './document-edits.ts';

/** One problem's fix, as one step to undo. */
export function fixProblem({ model, stage }: DesignerSession, problem: Problem, fix: Fix): void {
  if (!model.change(fix.label, (document) => fitContainers(fix.apply(document)))) return;
  if (problem.node !== undefined) stage.reveal(model.document, problem.node);
}

/** The safe fixes of all problems with a code, as one step to undo. Returns how many there were. */
export function fixAll({ model, problems }: DesignerSession, code: string): number {
  let fixed = 0;
  model.change('Fix all', (document) => {
    let next = document;
    let index = indexGraph(document);
    for (const problem of problems) {
      const fix = problem.code === code ? fixFor(problem, index) : null;
      if (!fix?.isSafe) continue;
      const mended = fix.apply(next);
      if (mended === next) continue;
      next = mended;
      fixed++;
      // The exit one loose step was given is not free for the next.
      if (code === 'node.unreachable') index = indexGraph(next);
    }
    return fixed === 0 ? document : fitContainers(next);
  });
  return fixed;
}
