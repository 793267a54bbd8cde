import { changeRetentionRule } from '@perdure/database/retention';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { retentionDays, retentionId, retentionReason } from '../../../retention/retention-inputs.ts';
import { demandArchive, unknownRetention } from '../../../retention/retention-refusal.ts';
import { procedure } from '../../base.ts';

export const change = procedure('admin')
  .input(z.strictObject({ id: retentionId, afterDays: retentionDays.nullable(), archive: z.boolean(), reason: retentionReason }))
  .mutation(async ({ ctx: { identity, installation }, input: { id, reason, ...rule } }): Promise<void> => {
    demandForAll(identity, 'admin');
    demandArchive(installation, rule);
    if (!(await changeRetentionRule(installation.database.prisma, id, rule, { actor: actorOf(identity), reason })))
      throw unknownRetention();
    installation.retention.nudge();
  });
