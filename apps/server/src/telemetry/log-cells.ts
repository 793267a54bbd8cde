import type { RuntimeObserver } from '@perdure/runtime';
import type { FastifyBaseLogger } from 'fastify';

/** A line for every cell that is started, and one for every cell that dies with what ran in it. */
export function logCells(log: FastifyBaseLogger): Pick<RuntimeObserver, 'cell'> {
  return {
    cell(fact) {
      if (fact.type === 'started')
        log.info({ pid: fact.pid }, 'A cell was started: what was in flight when a worker vanished runs in a process of its own.');
      else
        log.warn(
          {
            pid: fact.pid,
            reason: fact.reason,
            attempts: fact.attempts.map(({ instanceId, step, attempt }) => ({ instanceId, step, attempt })),
          },
          'A cell died with the attempts that ran in it. They begin again, each in a cell of its own, or are held.',
        );
    },
  };
}
