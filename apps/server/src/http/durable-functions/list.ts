import { listInstances, readBoundaryValues } from '@perdure/database/read';
import { z } from 'zod';
import { readCursor, writeCursor } from '../../instances/instance-cursor.ts';
import { identityOf, type Routes } from '../route.ts';
import { instanceStatus } from './instance-status.ts';
import { durableFunctionsRoot } from './management-links.ts';
import { commonQuery, flag, moment, runtimeStatuses } from './query-values.ts';
import { reachOf } from '../../auth/reach.ts';
import { masksOfInstances } from '../../sensitive/mask-of-instance.ts';

const continuation = 'x-ms-continuation-token';

export function addList(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: `${durableFunctionsRoot}/instances`,
    access: 'instance.read',
    docs: {
      summary: 'Instances, oldest first, a page at a time',
      answers: { 200: `The page. The header ${continuation}, when present, asks for the next one.` },
    },
    query: z.strictObject({
      ...commonQuery,
      createdTimeFrom: moment.optional(),
      createdTimeTo: moment.optional(),
      runtimeStatus: runtimeStatuses.optional(),
      instanceIdPrefix: z.string().max(100).optional(),
      showInput: flag.optional(),
      showHistoryOutput: flag.optional(),
      top: z
        .string()
        .regex(/^\d{1,6}$/, 'Use a number.')
        .transform(Number)
        .optional(),
    }),
    handler: async ({ installation, request, reply, query, identity }) => {
      const reach = await reachOf(installation, identityOf(identity), 'instance.read');
      const { prisma } = installation.database;
      const token = request.headers[continuation];
      const { rows, more } = await listInstances(
        prisma,
        {
          statuses: query.runtimeStatus?.flatMap((status) => (status === 'Running' ? (['Running', 'Waiting'] as const) : [status])),
          startedAfter: query.createdTimeFrom,
          startedBefore: query.createdTimeTo,
          idPrefix: query.instanceIdPrefix,
          workflowKeys: reach ?? undefined,
        },
        {
          direction: 'newer',
          from: typeof token === 'string' && token !== '' ? readCursor(token) : null,
          limit: Math.min(Math.max(query.top ?? 100, 1), 1_000),
        },
      );
      const values = await readBoundaryValues(
        prisma,
        rows.map(({ id }) => id),
      );
      const last = rows.at(-1);
      const maskOf = await masksOfInstances(installation, identityOf(identity), rows);
      if (more && last) reply.header(continuation, writeCursor(last));
      return Promise.all(
        rows.map(async (row) => {
          return maskOf(row.id)(
            await instanceStatus(installation, row, values.get(row.id), { showInput: query.showInput ?? true, historyEvents: null }),
          );
        }),
      );
    },
  });
}
