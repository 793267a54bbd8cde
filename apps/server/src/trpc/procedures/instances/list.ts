import { countInstances, type InstanceFilter, listInstances } from '@perdure/database/read';
import { z } from 'zod';
import { readCursor, writeCursor } from '../../../instances/instance-cursor.ts';
import { instanceRow } from '../../../instances/instance-words.ts';
import { isStorableMoment, versionNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { InstanceListResult } from '../../contract.ts';
import { reachOf, withinReach } from '../../../auth/reach.ts';

const shownStatus = z.enum(['Pending', 'Running', 'Waiting', 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled']);
const moment = z.iso.datetime({ offset: true }).refine((text) => isStorableMoment(new Date(text)), 'Use a moment in the years 1 to 9999.');

const input = z.strictObject({
  statuses: z.array(shownStatus).max(8).optional(),
  notStatuses: z.array(shownStatus).max(8).optional(),
  workflowKeys: z.array(z.string().max(64)).max(100).optional(),
  version: versionNumber.optional(),
  startedAfter: moment.optional(),
  startedBefore: moment.optional(),
  text: z.string().max(200).optional(),
  tags: z.array(z.string().max(100)).max(20).optional(),
  isTest: z.boolean().optional(),
  direction: z.enum(['older', 'newer']).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(500).optional(),
});

export const list = procedure('instance.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<InstanceListResult> => {
    const { prisma } = installation.database;
    const reach = await reachOf(installation, identity, 'instance.read');
    const direction = input.direction ?? 'older';
    const from = input.cursor === undefined ? null : readCursor(input.cursor);
    const filter: InstanceFilter = {
      statuses: input.statuses,
      notStatuses: input.notStatuses,
      workflowKeys: withinReach(reach, input.workflowKeys),
      version: input.version,
      startedAfter: input.startedAfter === undefined ? undefined : new Date(input.startedAfter),
      startedBefore: input.startedBefore === undefined ? undefined : new Date(input.startedBefore),
      text: input.text?.trim(),
      tags: input.tags,
      isTest: input.isTest,
    };
    const [page, count, total] = await Promise.all([
      listInstances(prisma, filter, { direction, from, limit: input.limit ?? 50 }),
      countInstances(prisma, filter),
      countInstances(prisma, { workflowKeys: reach ?? undefined }),
    ]);
    const records = direction === 'older' ? page.rows : page.rows.toReversed();
    const [newest, oldest] = [records[0], records.at(-1)];
    // Behind the direction one came from there is at least the page one came from.
    const hasOlder = direction === 'older' ? page.more : from !== null;
    const hasNewer = direction === 'newer' ? page.more : from !== null;
    return {
      rows: records.map(instanceRow),
      count,
      total,
      olderCursor: hasOlder && oldest ? writeCursor(oldest) : null,
      newerCursor: hasNewer && newest ? writeCursor(newest) : null,
    };
  });
