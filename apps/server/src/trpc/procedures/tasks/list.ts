import { countTasks, listTasks, taskKeyTypes } from '@perdure/database/read';
import { z } from 'zod';
import { maskedTaskSearch, searchedMasked } from '../../../sensitive/masked-search.ts';
import { readTaskCursor, writeTaskCursor } from '../../../tasks/task-cursor.ts';
import { maskedTaskRows } from '../../../tasks/task-rows.ts';
import { viewerOf } from '../../../tasks/viewer.ts';
import { procedure } from '../../base.ts';
import type { TaskListResult } from '../../contract/tasks.ts';

const input = z.strictObject({
  view: z.enum(['mine', 'available', 'all', 'followUp', 'closed']),
  sort: z.enum(['due', 'priority', 'created', 'followUp']).optional(),
  text: z.string().max(200).optional(),
  workflowKey: z.string().max(200).optional(),
  overdue: z.boolean().optional(),
  minPriority: z.int().min(0).max(100).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(500).optional(),
});

export const list = procedure('task.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskListResult> => {
    const viewer = await viewerOf(installation, identity);
    const { prisma } = installation.database;
    const { view, sort = view === 'followUp' ? 'followUp' : 'due', text, workflowKey, overdue = false, minPriority, limit = 100 } = input;
    const from = input.cursor === undefined ? null : readTaskCursor(input.cursor, taskKeyTypes({ view, sort }));
    const query = { view, sort, text: text?.trim(), workflowKey, overdue, minPriority, from, limit };
    const searched = await maskedTaskSearch(installation, identity, viewer, query);
    const [page, counts] = await Promise.all([listTasks(prisma, viewer, { ...query, searched }), countTasks(prisma, viewer)]);
    const last = page.rows.at(-1);
    return {
      rows: await maskedTaskRows(installation, identity, page.rows),
      counts,
      nextCursor: page.more && last ? writeTaskCursor(last) : null,
      searchedMasked: searched === undefined ? null : searchedMasked,
    };
  });
