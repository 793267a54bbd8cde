import { listInstances, readStuckCauses } from '@perdure/database/read';
import { z } from 'zod';
import { readCursor, writeCursor } from '../../../instances/instance-cursor.ts';
import { instanceFilter, instanceFilterInput, searchedNewest } from '../../../instances/instance-filter.ts';
import { instanceRow } from '../../../instances/instance-words.ts';
import { procedure } from '../../base.ts';
import type { InstanceListResult } from '../../contract/instances.ts';
import { masksOfInstances } from '../../../sensitive/mask-of-instance.ts';
import { isSearchedMasked, searchedMasked } from '../../../sensitive/masked-search.ts';

const input = instanceFilterInput.extend({
  direction: z.enum(['older', 'newer']).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(500).optional(),
});

export const list = procedure('instance.read')
  .input(input)
  .query(
    async ({
      ctx: { identity, installation },
      input: { direction = 'older', cursor, limit = 50, ...asked },
    }): Promise<InstanceListResult> => {
      const { prisma } = installation.database;
      const from = cursor === undefined ? null : readCursor(cursor);
      const filter = await instanceFilter(installation, identity, 'instance.read', asked);
      const page = await listInstances(prisma, filter, { direction, from, limit });
      // A row tells what a step failed with, in whose words a value may be.
      const [maskOf, stuck] = await Promise.all([
        masksOfInstances(installation, identity, page.rows),
        readStuckCauses(
          prisma,
          page.rows.filter(({ status }) => status === 'Waiting'),
        ),
      ]);
      const records = direction === 'older' ? page.rows : page.rows.toReversed();
      const [newest, oldest] = [records[0], records.at(-1)];
      // Behind the direction one came from there is at least the page one came from.
      const hasOlder = direction === 'older' ? page.more : from !== null;
      const hasNewer = direction === 'newer' ? page.more : from !== null;
      return {
        rows: records.map((record) => maskOf(record.id)(instanceRow(record, stuck.get(record.id)))),
        olderCursor: hasOlder && oldest ? writeCursor(oldest) : null,
        newerCursor: hasNewer && newest ? writeCursor(newest) : null,
        searchedNewest: searchedNewest(filter),
        searchedMasked: (await isSearchedMasked(installation, identity, filter)) ? searchedMasked : null,
      };
    },
  );
