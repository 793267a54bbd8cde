/** The thread of schema-check.ts. */
import { parentPort } from 'node:worker_threads';
import type { Json } from '@perdure/graph';
import type { FieldProblem } from '../trpc/contract.ts';
import { checkValue } from './check-value.ts';

export interface CheckQuestion {
  schema: Json;
  value: Json;
}

export type CheckAnswer = { type: 'ready' } | { type: 'checked'; problems: FieldProblem[] };

const answer = (said: CheckAnswer): void => parentPort?.postMessage(said);

parentPort?.on('message', ({ schema, value }: CheckQuestion) => answer({ type: 'checked', problems: checkValue(schema, value) }));
answer({ type: 'ready' });
