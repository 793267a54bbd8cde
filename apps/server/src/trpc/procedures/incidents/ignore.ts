import { appendAudit } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { demandIncident } from '../../../monitor/demand-incident.ts';
import { procedure } from '../../base.ts';

export const ignore = procedure('instance.operate')
  .input(z.strictObject({ fingerprint: z.string().max(32), reason: z.string().trim().min(1).max(1_000) }))
  .mutation(async ({ ctx: { identity, installation }, input: { fingerprint, reason } }): Promise<void> => {
    await demandIncident(installation, identity, 'instance.operate', fingerprint);
    const actor = actorOf(identity);
    await installation.database.prisma.$transaction(async (tx) => {
      await tx.incident.update({ where: { fingerprint }, data: { ignoredAt: new Date(), ignoredBy: actor, ignoredReason: reason } });
      await appendAudit(tx, { actor, action: 'incident.ignore', target: `incident:${fingerprint}`, detail: { reason } });
    });
    installation.monitorChanged();
  });
