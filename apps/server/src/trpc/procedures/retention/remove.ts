import { removeRetentionRule } from '@perdure/database/retention';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { retentionId, retentionReason } from '../../../retention/retention-inputs.ts';
import { unknownRetention } from '../../../retention/retention-refusal.ts';
import { procedure } from '../../base.ts';

export const remove = procedure('admin')
  .input(z.strictObject({ id: retentionId, reason: retentionReason }))
  .mutation(async ({ ctx: { identity, installation }, input: { id, reason } }): Promise<void> => {
    demandForAll(identity, 'admin');
    if (!(await removeRetentionRule(installation.database.prisma, id, { actor: actorOf(identity), reason }))) throw unknownRetention();
  });
