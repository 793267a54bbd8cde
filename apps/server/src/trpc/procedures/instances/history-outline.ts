import { readHistoryOutline } from '@perdure/database/read';
import { z } from 'zod';
import { demandInstance } from '../../../auth/reach.ts';
import { unknownInstance } from '../../../instances/unknown-instance.ts';
import { procedure } from '../../base.ts';
import type { HistoryStretch } from '../../contract/instances.ts';

/** As many as a wide scrubber can show. */
const stretches = 400;

export const historyOutline = procedure('instance.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<HistoryStretch[]> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    const outline = await readHistoryOutline(installation.database.prisma, input.id, stretches);
    if (outline.length === 0) throw unknownInstance(input.id);
    return outline;
  });
