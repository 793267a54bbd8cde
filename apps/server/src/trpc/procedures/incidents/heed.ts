import { appendAudit } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { demandIncident } from '../../../monitor/demand-incident.ts';
import { procedure } from '../../base.ts';

/** An ignored incident counts again. */
export const heed = procedure('instance.operate')
  .input(z.strictObject({ fingerprint: z.string().max(32) }))
  .mutation(async ({ ctx: { identity, installation }, input: { fingerprint } }): Promise<void> => {
    await demandIncident(installation, identity, 'instance.operate', fingerprint);
    await installation.database.prisma.$transaction(async (tx) => {
      await tx.incident.update({ where: { fingerprint }, data: { ignoredAt: null, ignoredBy: null, ignoredReason: null } });
      await appendAudit(tx, { actor: actorOf(identity), action: 'incident.heed', target: `incident:${fingerprint}` });
    });
    installation.monitorChanged();
  });
