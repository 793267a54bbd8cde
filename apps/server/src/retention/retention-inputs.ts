/** What comes in about retention rules. */
import { z } from 'zod';
import { storableText } from '../storable-text.ts';
import type { FinishedStatus } from '../trpc/contract/retention.ts';

const words = 'Give a number of days from 0 to 36,500.';
export const retentionDays = z.int(words).min(0, words).max(36_500, words);
export const retentionWorkflow = z.string().max(64).nullable();
export const finishedStatuses = ['Completed', 'Failed', 'Terminated', 'Canceled'] as const satisfies readonly FinishedStatus[];
export const finishedStatus = z.enum(finishedStatuses);
export const retentionReason = storableText.trim().min(1, 'Say why: it is kept in the audit log.').max(2_000);
export const retentionId = z.uuid('There is no such rule.');
