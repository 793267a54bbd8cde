import { readHistory, readLeanHistory } from '@perdure/database/read';
import { z } from 'zod';
import { unknownInstance } from '../../../instances/unknown-instance.ts';
import { countingNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { HistoryPage } from '../../contract/instances.ts';
import { demandInstance } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

const input = z.strictObject({
  id: z.string(),
  afterSeq: countingNumber.optional(),
  limit: z.int().min(1).max(5_000).optional(),
  lean: z.boolean().optional(),
});

export const history = procedure('instance.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<HistoryPage> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    const afterSeq = input.afterSeq ?? 0;
    const readPage = input.lean === true ? readLeanHistory : readHistory;
    const read = await readPage(installation.database.prisma, input.id, afterSeq, input.limit ?? 1_000);
    if (!read) throw unknownInstance(input.id);
    const mask = await maskOfInstance(installation, identity, input.id);
    return { events: mask(read.events), seq: read.events.at(-1)?.seq ?? afterSeq, more: read.more };
  });
