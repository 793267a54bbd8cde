/**
 * Checks values against JSON Schemas away from this thread and within a time: a schema whose references double at every level, `uniqueItems`
 * over a long list, or one of the validator's own expressions for formats met with a text made for it would each hold up the whole process.
 */
import type { Json } from '@perdure/graph';
import { createBoundedThread } from '../threads/bounded-thread.ts';
import type { FieldProblem } from '../trpc/contract/errors.ts';
import { checkValue } from './check-value.ts';
import type { CheckQuestion } from './schema-check-thread.ts';

export interface SchemaCheck {
  /** Empty when the value fits. */
  check(schema: Json, value: Json): Promise<FieldProblem[]>;
  close(): Promise<void>;
}

export function createSchemaCheck({ limitMs = 2_000 }: { limitMs?: number } = {}): SchemaCheck {
  const thread = createBoundedThread<CheckQuestion, FieldProblem[]>({
    file: new URL('./schema-check-thread.ts', import.meta.url),
    limitMs,
  });
  return {
    async check(schema, value) {
      // Nothing to interpret.
      if (typeof schema !== 'object' || schema === null) return checkValue(schema, value);
      const asked = await thread.ask({ schema, value });
      return asked.ok ? asked.answer : [{ field: '', message: refusals[asked.reason] }];
    },
    close: () => thread.close(),
  };
}

const refusals = {
  'too-slow': 'The check against the schema took too long. Use a simpler schema or send less data.',
  'out-of-memory': 'The check against the schema took too much memory. Use a simpler schema or send less data.',
  'not-started': 'The check against the schema could not begin in time. Try again.',
  closing: 'The server is stopping. Try again.',
};
