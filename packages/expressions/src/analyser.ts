import type { CompiledExpression, ExpressionAnalyser, ExpressionSubject } from '@perdure/graph';
import { toCheapExpression, type CheapNode } from './cheap-expression.ts';
import { rootsOf } from './evaluation.ts';
import { parseExpression } from './parse.ts';
import { readPaths, unknownNames } from './reads.ts';

/** What a compiled expression is evaluated from. `cheap` is null when it needs the sandbox. */
export interface AnalysedExpression {
  expression: CompiledExpression;
  cheap: CheapNode | null;
  unknownNames: readonly string[];
}

export type Analysis = { ok: true; analysed: AnalysedExpression } | { ok: false; message: string; position: number };

export function analyseExpression(source: string, subject: ExpressionSubject = 'workflow'): Analysis {
  const parsed = parseExpression(source);
  if (!parsed.ok) return parsed;
  const cheap = toCheapExpression(parsed.root);
  const roots = rootsOf[subject];
  const expression: CompiledExpression = { source, cost: cheap ? 'cheap' : 'sandboxed', reads: readPaths(parsed.root, roots) };
  if (subject === 'entity') expression.subject = subject;
  return { ok: true, analysed: { expression, cheap, unknownNames: unknownNames(parsed.root, roots) } };
}

export const expressionAnalyser: ExpressionAnalyser = {
  analyse(source, subject) {
    const analysis = analyseExpression(source, subject);
    if (!analysis.ok) return analysis;
    const { expression, unknownNames: unknown } = analysis.analysed;
    return { ok: true, expression, unknownNames: unknown };
  },
};
