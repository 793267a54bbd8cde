import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { versionNumber } from '../stored-values.ts';
import { jsonValue } from '../trpc/json-value.ts';

/** The key of a step, as the history names it. */
export const stepName = z.string().min(1).max(1_000);

/** Variables by name, as a set-variables step may name them. */
export const variableValues = jsonValue.pipe(
  z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'Use a letter first, then letters, digits or "_".'), z.custom<Json>()),
);

/** Nodes by id, old to new. */
export const migrationTarget = z.strictObject({
  id: z.string(),
  version: versionNumber,
  mapping: jsonValue.pipe(z.record(z.string().max(200), z.string().max(200))).optional(),
});
