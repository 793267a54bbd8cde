import { saveTaskDraft } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { unknownTask } from '../../../tasks/unknown-task.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';

export const saveDraft = procedure('task.decide')
  .input(z.strictObject({ id: z.string(), data: jsonValue }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ savedAt: string }> => {
    const task = await findTask(installation, identity, input.id, 'task.decide');
    if (task.status !== 'open') throw new RequestError('task.gone', 'This task is closed. What you typed was not kept.');
    const savedAt = await saveTaskDraft(installation.database.prisma, { taskId: task.id, userId: actorOf(identity), data: input.data });
    if (savedAt === 'gone') throw unknownTask();
    return { savedAt: savedAt.toISOString() };
  });
