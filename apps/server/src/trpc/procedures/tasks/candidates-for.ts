import { z } from 'zod';
import { candidatesFor as findCandidates } from '../../../tasks/candidates-for.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { procedure } from '../../base.ts';
import type { TaskCandidate } from '../../contract/tasks.ts';

export const candidatesFor = procedure('task.decide')
  .input(z.strictObject({ id: z.string(), text: z.string().max(200).optional() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskCandidate[]> => {
    const task = await findTask(installation, identity, input.id, 'task.decide');
    return findCandidates(installation, task, input.text?.trim() ?? '');
  });
