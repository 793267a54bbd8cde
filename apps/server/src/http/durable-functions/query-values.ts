import type { InstanceStatus } from '@perdure/engine';
import { z } from 'zod';
import { isStorableMoment } from '../../stored-values.ts';

/** Query parameters as .NET clients write them: `true`, `True`. */
export const flag = z
  .string()
  .regex(/^(?:true|false)$/i, 'Use true or false.')
  .transform((text) => text.toLowerCase() === 'true');

export const moment = z
  .string()
  .refine((text) => isStorableMoment(new Date(text)), 'Use a moment such as 2026-11-21T09:12:00Z.')
  .transform((text) => new Date(text));

const statuses: readonly InstanceStatus[] = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled'];

/** Separated by commas, in any case. ContinuedAsNew is a status clients may ask for; nothing is ever in it here. */
export const runtimeStatuses = z.string().transform((text, context) => {
  const asked = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'continuedasnew');
  return asked.flatMap((word) => {
    const status = statuses.find((known) => known.toLowerCase() === word.toLowerCase());
    if (!status) context.addIssue({ code: 'custom', message: `"${word}" is not a runtime status. Use ${statuses.join(', ')}.` });
    return status ?? [];
  });
});

/** Sent by Durable Functions' clients to every address; there is one task hub here and one store, so they say nothing. */
export const commonQuery = { taskHub: z.string().optional(), connection: z.string().optional() };

export const seconds = z
  .string()
  .regex(/^\d+(?:\.\d+)?$/, 'Use a number of seconds.')
  .transform(Number);
