/** The figures of a process for Prometheus: what its runtime counts, measures and owns, and what waits in the database. */
import { countWaiting } from '@perdure/database/read';
import type { Database } from '@perdure/database';
import type { Runtime, RuntimeObserver } from '@perdure/runtime';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Figures {
  readonly registry: Registry;
  /** For the runtime, from its start. */
  readonly observer: Required<Pick<RuntimeObserver, 'activity' | 'committed'>>;
  /** Adds what the runtime and the database tell when they are asked. */
  watch(runtime: Runtime, database: Database): void;
}

export function createFigures(): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const batch = new Histogram({
    name: 'perdure_commit_batch_size',
    help: 'Turns stored by one commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers,
  });
  const commit = new Histogram({
    name: 'perdure_commit_duration_seconds',
    help: 'Time from sending a commit to its answer.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const activities = new Histogram({
    name: 'perdure_activity_duration_seconds',
    help: 'Time one attempt of an activity took here, by activity and outcome.',
    labelNames: ['activity', 'outcome'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    registers,
  });
  return {
    registry,
    observer: {
      committed(items, seconds) {
        batch.observe(items);
        commit.observe(seconds);
      },
      activity({ activity, traceParent }) {
        const startedAt = performance.now();
        return {
          traceParent,
          end: ({ ok }) => activities.observe({ activity, outcome: ok ? 'ok' : 'failed' }, (performance.now() - startedAt) / 1_000),
        };
      },
    },
    watch(runtime, database) {
      watchRuntime(registry, runtime);
      watchDatabase(registry, database);
    },
  };
}

function watchRuntime(registry: Registry, runtime: Runtime): void {
  const registers = [registry];
  const health = () => runtime.health();
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) });
  };
  gauge('perdure_partitions_owned', 'Partitions this process owns.', () => health().partitionsOwned);
  gauge('perdure_partitions', 'Partitions there are.', () => health().partitions);
  gauge('perdure_resident_instances', 'Instances this process holds in memory.', () => health().residentInstances);
  gauge('perdure_running_activities', 'Attempts of activities begun by this process and not ended.', () => health().runningActivities);
  gauge(
    'perdure_waiting_activities',
    'Of the running ones, those that wait for a place in this process.',
    () => health().waitingActivities,
  );
  gauge('perdure_cells', 'Processes of this one in which suspects run.', () => health().cells);
  gauge('perdure_commit_queue', 'Turns that wait for a commit lane.', () => health().commitQueue);
  gauge('perdure_hot_store_available', '1 while the hot store answers.', () => (health().hotStore === 'unavailable' ? 0 : 1));
  const read = (name: string): number => health().counters[name] ?? 0;
  const counter = (name: string, help: string, counted: string): void => {
    const made: Counter = new Counter({ name, help, registers, collect: () => advance(made, read(counted)) });
  };
  counter('perdure_turns_total', 'Turns decided.', 'turns');
  counter('perdure_commands_total', 'Commands taken up by turns.', 'commands');
  counter('perdure_commits_total', 'Commits that stored something.', 'commits');
  counter('perdure_commit_retries_total', 'Commits whose answer did not come.', 'retries');
  counter('perdure_events_stored_total', 'History events stored.', 'events');
  counter('perdure_activities_started_total', 'Attempts of activities handed out.', 'activities');
  counter('perdure_cells_started_total', 'Processes started for what was in flight when a worker vanished.', 'cellsStarted');
  counter('perdure_cell_deaths_total', 'Of those, the ones that ended with attempts in them.', 'cellDeaths');
  counter('perdure_quarantined_total', 'Attempts put into quarantine.', 'quarantined');
  const levels = { memory: 'readsInMemory', hot: 'loadsHot', postgres: 'loadsDurable' } as const;
  const before = { memory: 0, hot: 0, postgres: 0 };
  const reads: Counter<'level'> = new Counter({
    name: 'perdure_state_reads_total',
    help: 'States needed by a command, by where they were found: memory (L1), hot (L2, Redis), postgres (L3).',
    labelNames: ['level'],
    registers,
    collect() {
      for (const [level, counted] of Object.entries(levels) as [keyof typeof levels, string][]) {
        reads.inc({ level }, Math.max(0, read(counted) - before[level]));
        before[level] = read(counted);
      }
    },
  });
}

const countedSoFar = new WeakMap<Counter, number>();

/** The runtime's own counter is the truth; this one follows it. */
function advance(counter: Counter, value: number): void {
  counter.inc(Math.max(0, value - (countedSoFar.get(counter) ?? 0)));
  countedSoFar.set(counter, value);
}

/** Of the whole installation, asked at most every few seconds however many scrape. While the database does not answer they are absent. */
function watchDatabase(registry: Registry, database: Database): void {
  const figures = {
    oldestMessageSeconds: 'perdure_oldest_message_seconds',
    messages: 'perdure_messages_waiting',
    timersDue: 'perdure_timers_due',
    openTasks: 'perdure_open_tasks',
    liveInstances: 'perdure_live_instances',
  } as const;
  const help: Readonly<Record<keyof typeof figures, string>> = {
    oldestMessageSeconds: 'Age of the oldest message that no instance has taken up, in the whole installation.',
    messages: 'Messages no instance has taken up, in the whole installation; at most 10,001 are counted.',
    timersDue: 'Timers that are due and have not fired, in the whole installation; at most 10,001 are counted.',
    openTasks: 'Open human tasks, in the whole installation; at most 10,001 are counted.',
    liveInstances: 'Instances that have not ended, in the whole installation; at most 100,001 are counted.',
  };
  let asked: Promise<Awaited<ReturnType<typeof countWaiting>> | undefined> | undefined;
  const ask = (): NonNullable<typeof asked> => {
    if (asked !== undefined) return asked;
    asked = countWaiting(database.prisma).catch(() => undefined);
    setTimeout(() => (asked = undefined), askEveryMs).unref();
    return asked;
  };
  for (const [key, name] of Object.entries(figures) as [keyof typeof figures, string][]) {
    const gauge: Gauge = new Gauge({
      name,
      help: help[key],
      registers: [registry],
      async collect() {
        const counted = await ask();
        gauge.reset();
        gauge.set(counted?.[key] ?? Number.NaN);
      },
    });
  }
}

const askEveryMs = 5_000;
