import { checkJson, type Json } from '@perdure/graph';
import { z } from 'zod';

/** Any JSON that is safe to keep: guarded keys and depth, whichever way it came in. */
export const jsonValue = z.custom<Json>().superRefine((value, context) => {
  const refusal = checkJson(value);
  if (refusal) context.addIssue({ code: 'custom', message: refusal.message, path: refusal.path === '' ? [] : refusal.path.split('.') });
});
