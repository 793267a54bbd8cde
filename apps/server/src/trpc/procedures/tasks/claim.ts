import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { sendToTask } from '../../../tasks/send-to-task.ts';
import { procedure } from '../../base.ts';

export const claim = procedure('task.decide')
  .input(z.strictObject({ id: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const task = await findTask(installation, identity, input.id);
    await sendToTask(installation, identity, task, { type: 'ClaimHumanTask' });
    await recordDeed(installation, identity, 'task.claim', `task:${task.id}`, { instance: task.instanceId });
  });
