import { expressionAnalyser } from '@perdure/expressions';
import { compile, type Problem, validate, type WorkflowDocument } from '@perdure/graph';

/** Everything the designer's problems panel shows, by the same code, plus a last guard: what cannot be compiled cannot be published. */
export function checkDocument(document: WorkflowDocument): Problem[] {
  const problems = validate(document, expressionAnalyser);
  if (problems.some((problem) => problem.severity === 'error')) return problems;
  const compiled = compile(document, { analyser: expressionAnalyser });
  return compiled.ok ? problems : [...problems, ...compiled.problems];
}
