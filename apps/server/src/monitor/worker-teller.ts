/** Tells the installation what this process does (table worker_figures): turns a second, and where it found the states it needed. */
import type { Ask } from '@perdure/database/monitor';
import type { Runtime } from '@perdure/runtime';
import { type Rounds, startRounds } from '../rounds.ts';

const everyMs = 5_000;
const rememberedMs = 15 * 60_000;

/** As stored. Of the last 15 minutes, or since the start. */
export interface ToldFigures {
  turnsPerSecond: number;
  hot: number;
  reads: { memory: number; hot: number; postgres: number };
}

interface Sample {
  at: number;
  turns: number;
  reads: ToldFigures['reads'];
}

export function startWorkerTeller(ask: Ask, runtime: Pick<Runtime, 'health'>, onTrouble: (error: Error) => void): Rounds {
  const samples: Sample[] = [];
  const tell = async (): Promise<void> => {
    const health = runtime.health();
    const count = (name: string): number => health.counters[name] ?? 0;
    const now: Sample = {
      at: performance.now(),
      turns: count('turns'),
      reads: { memory: count('readsInMemory'), hot: count('loadsHot'), postgres: count('loadsDurable') },
    };
    samples.push(now);
    while (now.at - (samples[0]?.at ?? now.at) > rememberedMs) samples.shift();
    const first = samples[0] ?? now;
    const last = samples.at(-2) ?? now;
    const figures: ToldFigures = {
      turnsPerSecond: now.at > last.at ? ((now.turns - last.turns) * 1_000) / (now.at - last.at) : 0,
      hot: health.residentInstances,
      reads: {
        memory: now.reads.memory - first.reads.memory,
        hot: now.reads.hot - first.reads.hot,
        postgres: now.reads.postgres - first.reads.postgres,
      },
    };
    await ask(tellSql, [health.workerId, JSON.stringify(figures)]);
  };
  return startRounds({ everyMs, round: tell, onTrouble: (thrown) => onTrouble(thrown as Error), atOnce: true });
}

const tellSql = `INSERT INTO worker_figures (worker_id, at, figures) VALUES ($1, now(), $2)
  ON CONFLICT (worker_id) DO UPDATE SET at = excluded.at, figures = excluded.figures`;
