import type { Database } from '@perdure/database';
import { sealAudit, settleIntents } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';

/**
 * Seals new audit entries every few seconds, and settles what crashes left behind. Every process may run one: the audit lock lets one at a
 * time seal, and an intent is settled by whoever deletes it.
 */
export function startAuditKeeper(database: Database, log: FastifyBaseLogger, everyMs = 5_000): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      await settleIntents(database.prisma);
      // A full batch means that more may wait.
      while (!stopped && (await sealAudit(database.prisma)) >= 500);
    } catch (thrown) {
      log.warn({ err: thrown }, 'Audit entries could not be sealed; the next round tries again.');
    }
    if (!stopped) timer = setTimeout(() => (running = round()), everyMs).unref();
  };
  timer = setTimeout(() => (running = round()), everyMs).unref();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
