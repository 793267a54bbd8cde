import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { sendToTask } from '../../../tasks/send-to-task.ts';
import { procedure } from '../../base.ts';

export const claim = procedure('task.decide')
  .input(z.strictObject({ id: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const task = await findTask(installation, identity, input.id, 'task.decide');
    const deed = { action: 'task.claim', target: `task:${task.id}`, detail: { instance: task.instanceId } };
    await withDeed(installation, identity, deed, () => sendToTask(installation, identity, task, { type: 'ClaimHumanTask' }));
  });
