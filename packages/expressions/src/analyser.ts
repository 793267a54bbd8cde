import type { CompiledExpression, ExpressionAnalyser } from '@perdure/graph';
import { toCheapExpression, type CheapNode } from './cheap-expression.ts';
import { parseExpression } from './parse.ts';
import { readPaths, unknownNames } from './reads.ts';

/** What a compiled expression is evaluated from. `cheap` is null when it needs the sandbox. */
export interface AnalysedExpression {
  expression: CompiledExpression;
  cheap: CheapNode | null;
  unknownNames: readonly string[];
}

export type Analysis = { ok: true; analysed: AnalysedExpression } | { ok: false; message: string; position: number };

export function analyseExpression(source: string): Analysis {
  const parsed = parseExpression(source);
  if (!parsed.ok) return parsed;
  const cheap = toCheapExpression(parsed.root);
  return {
    ok: true,
    analysed: {
      expression: { source, cost: cheap ? 'cheap' : 'sandboxed', reads: readPaths(parsed.root) },
      cheap,
      unknownNames: unknownNames(parsed.root),
    },
  };
}

export const expressionAnalyser: ExpressionAnalyser = {
  analyse(source) {
    const analysis = analyseExpression(source);
    if (!analysis.ok) return analysis;
    const { expression, unknownNames: unknown } = analysis.analysed;
    return { ok: true, expression, unknownNames: unknown };
  },
};
