import { analyseExpression } from './analyser.ts';
import { evaluateCheap } from './cheap-evaluator.ts';
import type { EntityScope, ExpressionScope, TurnClock } from './evaluation.ts';
import type { ExpressionSubject, Json } from '@perdure/graph';

/** What the designer shows under an expression. `server`: only the server's sandbox can tell. */
export type Preview =
  | { state: 'value'; value: Json | undefined }
  | { state: 'invalid'; message: string; position: number }
  | { state: 'failed'; message: string }
  | { state: 'server' };

/** Evaluates in the page what is cheap; nothing here compiles code or runs without a budget. */
export function evaluateForPreview(
  source: string,
  scope: ExpressionScope | EntityScope,
  clock: TurnClock,
  subject: ExpressionSubject = 'workflow',
): Preview {
  const analysis = analyseExpression(source, subject);
  if (!analysis.ok) return { state: 'invalid', message: analysis.message, position: analysis.position };
  const { cheap } = analysis.analysed;
  const evaluation = cheap && evaluateCheap(cheap, scope, clock);
  if (!evaluation) return { state: 'server' };
  return evaluation.ok ? { state: 'value', value: evaluation.value } : { state: 'failed', message: evaluation.message };
}
