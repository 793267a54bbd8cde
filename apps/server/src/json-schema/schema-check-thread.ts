/** The thread of schema-check.ts. */
import { parentPort } from 'node:worker_threads';
import type { Json } from '@perdure/graph';
import type { FieldProblem } from '../trpc/contract.ts';
import { checkValue } from './check-value.ts';

export interface CheckQuestion {
  schema: Json;
  value: Json;
}

export interface CheckAnswer {
  problems: FieldProblem[];
}

parentPort?.on('message', ({ schema, value }: CheckQuestion) => {
  parentPort?.postMessage({ problems: checkValue(schema, value) } satisfies CheckAnswer);
});
