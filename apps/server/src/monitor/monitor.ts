/** What a process does for the monitor: it keeps where its instances stand, tells of itself, and leads if nobody else does. */
import { openMonitorDatabase } from '@perdure/database/monitor';
import type { Runtime, RuntimeObserver } from '@perdure/runtime';
import type { FastifyBaseLogger } from 'fastify';
import { MonitorLeader } from './monitor-leader.ts';
import { StandingKeeper } from './standing-keeper.ts';
import { startWorkerTeller } from './worker-teller.ts';

export interface Monitor {
  /** For the runtime, from its start. */
  readonly observer: Required<Pick<RuntimeObserver, 'stored'>>;
  start(options: { databaseUrl: string; runtime: Runtime; worker: boolean; log: Pick<FastifyBaseLogger, 'warn'> }): void;
  /** Calls the listener when a read model has changed, by any process. Gives the way to stop. */
  onChanged(listener: () => void): () => void;
  /** Somebody changed one by hand. */
  changed(): void;
  /** Before the runtime. */
  stop(): Promise<void>;
}

const topic = 'monitor';

export function createMonitor(): Monitor {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  let runtime: Runtime | null = null;
  let log: Pick<FastifyBaseLogger, 'warn'> | null = null;
  const onChanged = (): void => {
    tell();
    runtime?.tellOthers(topic, null);
  };
  const onTrouble = (error: Error): void =>
    log?.warn({ err: error }, 'The read models of the monitor could not be written; the next round tries again.');
  const keeper = new StandingKeeper({ onChanged, onTrouble });
  let leader: MonitorLeader | null = null;
  const undo: (() => void | Promise<void>)[] = [];
  return {
    observer: {
      stored(items) {
        keeper.saw(items);
        // A failed instance's commit begins with the event that opens it again.
        for (const { instanceId, row, events } of items)
          if (!row.final && events[0]?.type === 'ExecutionRewound') leader?.mended([instanceId]);
      },
    },
    start(options) {
      ({ runtime, log } = options);
      const database = openMonitorDatabase(options.databaseUrl);
      leader = new MonitorLeader({ database, partitions: runtime.health().partitions, onChanged, onTrouble });
      undo.push(() => database.close(), runtime.onTold(topic, tell));
      if (options.worker) {
        keeper.start(database.ask);
        const teller = startWorkerTeller(database.ask, runtime, onTrouble);
        undo.push(() => teller.stop());
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed: onChanged,
    async stop() {
      await keeper.stop();
      await leader?.stop();
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
}
