import { putTaskOff } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { momentText } from '../../../stored-values.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { unknownTask } from '../../../tasks/unknown-task.ts';
import { procedure } from '../../base.ts';

export const followUp = procedure('task.read')
  .input(z.strictObject({ id: z.string(), at: momentText.nullable() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const task = await findTask(installation, identity, input.id);
    const put = await putTaskOff(installation.database.prisma, {
      taskId: task.id,
      userId: actorOf(identity),
      until: input.at === null ? null : new Date(input.at),
    });
    if (put === 'gone') throw unknownTask();
  });
