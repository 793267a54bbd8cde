import type { Database } from '@perdure/database';
import { sealAudit, settleIntents } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';
import { type Rounds, startRounds } from '../rounds.ts';

const sealedAtOnce = 500;

/**
 * Seals new audit entries every few seconds, and settles what crashes left behind. Every process may run one: the audit lock lets one at a
 * time seal, and an intent is settled by whoever deletes it.
 */
export function startAuditKeeper({ prisma }: Database, log: FastifyBaseLogger): Rounds {
  let after: bigint | null = null;
  return startRounds({
    everyMs: 5_000,
    round: async (stopping) => {
      const { next, trouble } = await settleIntents(prisma, { after });
      after = next;
      if (trouble !== null) log.warn({ err: trouble }, 'An audit entry that a crash left open could not be settled; it is tried again.');
      // A full batch means that more may wait.
      while (!stopping.aborted && (await sealAudit(prisma, { limit: sealedAtOnce })) >= sealedAtOnce);
    },
    onTrouble: (thrown) => log.warn({ err: thrown }, 'Audit entries could not be sealed; the next round tries again.'),
  });
}
