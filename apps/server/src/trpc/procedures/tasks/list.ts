import { countTasks, listTasks } from '@perdure/database/read';
import { z } from 'zod';
import { readTaskCursor, writeTaskCursor } from '../../../tasks/task-cursor.ts';
import { taskRow } from '../../../tasks/task-words.ts';
import { viewerOf } from '../../../tasks/viewer.ts';
import { procedure } from '../../base.ts';
import type { TaskListResult } from '../../contract.ts';

const input = z.strictObject({
  view: z.enum(['mine', 'available', 'all', 'closed']),
  sort: z.enum(['due', 'priority', 'created']).optional(),
  text: z.string().max(200).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(500).optional(),
});

export const list = procedure('task.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskListResult> => {
    const viewer = await viewerOf(installation, identity);
    const { prisma } = installation.database;
    const from = input.cursor === undefined ? null : readTaskCursor(input.cursor);
    const [page, counts] = await Promise.all([
      listTasks(prisma, viewer, { view: input.view, sort: input.sort ?? 'due', text: input.text?.trim(), from, limit: input.limit ?? 100 }),
      countTasks(prisma, viewer),
    ]);
    const last = page.rows.at(-1);
    return { rows: page.rows.map(taskRow), counts, nextCursor: page.more && last ? writeTaskCursor(last) : null };
  });
