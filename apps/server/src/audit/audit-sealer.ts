import type { Database } from '@perdure/database';
import { sealAudit } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';

/** Seals new audit entries every few seconds. Every process may run one: the audit lock lets one at a time work. */
export function startAuditSealer(database: Database, log: FastifyBaseLogger, everyMs = 5_000): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const seal = async (): Promise<void> => {
    try {
      // A full batch means that more may wait.
      while (!stopped && (await sealAudit(database.prisma)) >= 500);
    } catch (thrown) {
      log.warn({ err: thrown }, 'Audit entries could not be sealed; the next round tries again.');
    }
    if (!stopped) timer = setTimeout(() => (running = seal()), everyMs).unref();
  };
  timer = setTimeout(() => (running = seal()), everyMs).unref();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
