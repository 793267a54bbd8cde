import { z } from 'zod';
import { decideTask } from '../../../tasks/decide-task.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';

const input = z.strictObject({ id: z.string(), outcome: z.string().max(100), data: jsonValue, comment: z.string().max(10_000).optional() });

export const decide = procedure('task.decide')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ open: boolean }> => {
    return decideTask(installation, identity, { ...input, comment: input.comment?.trim() || null });
  });
