import { findTaskDraft } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { withPayloads } from '../../../instances/payloads.ts';
import { findTask } from '../../../tasks/find-task.ts';
import { taskTrail } from '../../../tasks/task-trail.ts';
import { taskRow } from '../../../tasks/task-words.ts';
import { procedure } from '../../base.ts';
import type { TaskDetail } from '../../contract.ts';

export const get = procedure('task.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskDetail> => {
    const task = await findTask(installation, identity, input.id);
    const { payloads } = installation.runtime;
    const [draft, trail, context, data] = await Promise.all([
      findTaskDraft(installation.database.prisma, task.id, actorOf(identity)),
      taskTrail(installation, task),
      withPayloads(task.context, payloads),
      withPayloads(task.data, payloads),
    ]);
    return {
      ...taskRow(task),
      description: task.description,
      context,
      formSchema: task.formSchema,
      outcomes: task.outcomes,
      candidates: task.candidates,
      data,
      comment: task.comment,
      draft: draft?.data ?? null,
      draftSavedAt: draft?.savedAt.toISOString() ?? null,
      trail,
    };
  });
