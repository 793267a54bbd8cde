/**
 * What dashboards show, worked out once for all who may see the same: however many look on, the database is asked once per window and
 * reach in a while.
 */
import {
  countIncidents,
  countOverdueTasks,
  countStuckInstances,
  listIncidents,
  readDurationCounts,
  readOldestUnfinished,
  readStandingCounts,
  readStatPoints,
  readWorkers,
  type StatPoint,
} from '@perdure/database/read';
import { percentileOf } from '@perdure/database/monitor';
import type { Installation } from '../installation.ts';
import type { DashboardData, DashboardPoint, DashboardWindow } from '../trpc/contract/dashboard.ts';
import type { WaitingKind, Whereabouts } from '../trpc/contract/instances.ts';
import { incidentRow } from './incident-words.ts';
import type { ToldFigures } from './worker-teller.ts';

const minuteMs = 60_000;
/** Points of each window: their length and number. */
const windows: Readonly<Record<DashboardWindow, { minutes: number; points: number }>> = {
  '1h': { minutes: 1, points: 60 },
  '24h': { minutes: 15, points: 96 },
  '7d': { minutes: 60, points: 168 },
  '30d': { minutes: 360, points: 120 },
};
const keptForMs = 2_000;
/** Counting where all instances stand takes time that grows with them; it may take this share. */
const share = 0.05;
const mostKept = 200;
const incidentsShown = 6;

export class DashboardFigures {
  readonly #installation: Pick<Installation, 'database'>;
  readonly #kept = new Map<string, Kept<unknown>>();

  constructor(installation: Pick<Installation, 'database'>) {
    this.#installation = installation;
  }

  /** Of these workflows, null = of all. */
  get(window: DashboardWindow, workflows: readonly string[] | null): Promise<DashboardData> {
    const key = workflows === null ? 'all' : JSON.stringify(workflows.toSorted());
    return this.#once(`${window} ${key}`, () => this.#workOut(window, workflows));
  }

  async #workOut(window: DashboardWindow, workflows: readonly string[] | null): Promise<DashboardData> {
    const { prisma } = this.#installation.database;
    const { minutes, points } = windows[window];
    const stretchMs = minutes * minuteMs;
    const now = Date.now();
    const last = Math.floor((now - epochMs) / stretchMs) * stretchMs + epochMs;
    const first = last - (points - 1) * stretchMs;
    const [stats, durations, standing, oldest, overdueTasks, stuck, incidents, counts, workers] = await Promise.all([
      readStatPoints(prisma, minutes, new Date(first - points * stretchMs), workflows),
      readDurationCounts(prisma, minutes, new Date(first), workflows),
      this.#once('standing', () => readStandingCounts(prisma)),
      readOldestUnfinished(prisma, workflows),
      countOverdueTasks(prisma, workflows),
      countStuckInstances(prisma, workflows),
      listIncidents(prisma, { workflows, states: ['open'], limit: incidentsShown }),
      countIncidents(prisma, workflows),
      this.#once('workers', () => readWorkers(prisma)),
    ]);
    const seen = workflows === null ? null : new Set(workflows);
    const mine = standing.filter(({ workflowKey }) => seen === null || seen.has(workflowKey));
    const sum = (rows: readonly { instances: number }[]): number => rows.reduce((all, { instances }) => all + instances, 0);
    const running = sum(mine.filter(({ waiting }) => !waiting));
    const waiting = sum(mine.filter((row) => row.waiting));
    const byMoment = new Map(stats.map((point) => [point.at.getTime(), point]));
    const durationsByMoment = Map.groupBy(durations, ({ at }) => at.getTime());
    const shown = Array.from({ length: points }, (_, i): DashboardPoint => {
      const at = first + i * stretchMs;
      const { started = 0, completed = 0, failed = 0, terminated = 0, ...stood } = byMoment.get(at) ?? ({} as Partial<StatPoint>); // nothing happened then
      const took = durationsByMoment.get(at) ?? [];
      return {
        at: new Date(at).toISOString(),
        started,
        completed,
        failed,
        terminated,
        // The last is under way: what is so now.
        running: i === points - 1 ? running : (stood.running ?? 0),
        waiting: i === points - 1 ? waiting : (stood.waiting ?? 0),
        p50Ms: percentileOf(took, 0.5),
        p95Ms: percentileOf(took, 0.95),
      };
    });
    const total = (of: 'started' | 'completed' | 'failed' | 'terminated'): number => shown.reduce((all, point) => all + point[of], 0);
    const told = workers
      .filter(({ isGone }) => !isGone)
      .flatMap(({ figures }) => (figures === null ? [] : [figures as unknown as ToldFigures])); // worker-teller.ts wrote them
    const reads = told.reduce(
      (all, { reads: { memory, hot, postgres } }) => ({
        memory: all.memory + memory,
        hot: all.hot + hot,
        postgres: all.postgres + postgres,
      }),
      { memory: 0, hot: 0, postgres: 0 },
    );
    const steps = [...Map.groupBy(durations, ({ step }) => step)].map(([step, rows]) => ({ step, instances: sum(rows) }));
    return {
      window,
      pointMinutes: minutes,
      computedAt: new Date(now).toISOString(),
      now: { running, waiting, hot: told.reduce((all, { hot }) => all + hot, 0) },
      points: shown,
      totals: {
        started: total('started'),
        completed: total('completed'),
        failed: total('failed'),
        terminated: total('terminated'),
        p50Ms: percentileOf(steps, 0.5),
        p95Ms: percentileOf(steps, 0.95),
      },
      before: { completed: stats.filter(({ at }) => at.getTime() < first).reduce((all, { completed }) => all + completed, 0) },
      openIncidents: counts.open,
      oldest: oldest && {
        ...oldest,
        whereabouts: oldest.whereabouts as unknown as Whereabouts | null, // written by the runtime in this shape
        createdAt: oldest.createdAt.toISOString(),
      },
      waits: waitsOf(mine.filter((row) => row.waiting)),
      overdueTasks,
      stuck,
      incidents: incidents.map(incidentRow),
      partitions: workers.reduce((all, { partitions }) => all + partitions, 0),
      workers: workers.map(({ id, partitions, figures, seenAt, isGone, movedFrom, movedAt, moved }) => ({
        id,
        partitions,
        turnsPerSecond: isGone ? null : ((figures as unknown as ToldFigures | null)?.turnsPerSecond ?? null), // as above
        seenAt: seenAt.toISOString(),
        isGone,
        moved: movedFrom === null || movedAt === null ? null : { from: movedFrom, partitions: moved ?? 0, at: movedAt.toISOString() },
      })),
      stateReads: reads.memory + reads.hot + reads.postgres === 0 ? null : reads,
    };
  }

  /** One answer for all who ask in a while; the longer it took, the longer it is kept. */
  #once<Value>(key: string, ask: () => Promise<Value>): Promise<Value> {
    const now = performance.now();
    const kept = this.#kept.get(key) as Kept<Value> | undefined; // kept by this function, under this key
    if (kept !== undefined && now < kept.until) return kept.value;
    const fresh: Kept<Value> = { value: ask(), until: Infinity };
    this.#kept.delete(key);
    this.#kept.set(key, fresh);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    fresh.value.then(
      () => (fresh.until = performance.now() + Math.max(keptForMs, (performance.now() - now) / share)),
      () => this.#kept.delete(key),
    );
    return fresh.value;
  }
}

interface Kept<Value> {
  value: Promise<Value>;
  until: number;
}

/** From where the stretches of the counts are laid out. */
const epochMs = Date.UTC(2000, 0, 1);

const shownKinds: readonly string[] = [
  'humanTask',
  'event',
  'timer',
  'retry',
  'subWorkflow',
  'entity',
  'lock',
  'quarantined',
] satisfies WaitingKind[];

function waitsOf(rows: readonly { kind: string; instances: number; since: Date; until: Date | null }[]): DashboardData['waits'] {
  const groups = Map.groupBy(rows, ({ kind }) => (shownKinds.includes(kind) ? kind : 'other'));
  return [...groups]
    .map(([kind, of]) => ({
      kind: kind as WaitingKind | 'other', // just sorted into these
      instances: of.reduce((all, { instances }) => all + instances, 0),
      oldestSince: new Date(Math.min(...of.map(({ since }) => since.getTime()))).toISOString(),
      nextUntil: of.some(({ until }) => until !== null)
        ? new Date(Math.min(...of.flatMap(({ until }) => until?.getTime() ?? []))).toISOString()
        : null,
    }))
    .sort((a, b) => b.instances - a.instances);
}
