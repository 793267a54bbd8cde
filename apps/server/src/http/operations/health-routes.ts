import { countOwnedPartitions } from '@perdure/database/read';
import { databaseFault } from '../../errors/database-fault.ts';
import type { Installation } from '../../installation.ts';
import { retryAfterSeconds } from '../error-answer.ts';
import type { Routes } from '../route.ts';

export function addHealthRoutes(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: '/healthz',
    access: 'public',
    docs: { summary: 'The process is up', answers: { 200: '{ status: "ok" }' } },
    handler: () => ({ status: 'ok' }),
  });
  routes.add({
    method: 'GET',
    url: '/readyz',
    access: 'public',
    docs: {
      summary: 'Work can be taken on: Postgres answers and workers own all partitions',
      answers: { 200: '{ status: "ready" }', 503: '{ status: "not ready", reasons }' },
    },
    handler: async ({ installation, reply }) => {
      const reasons = await whyNotReady(installation);
      return reasons.length === 0
        ? { status: 'ready' }
        : reply.code(503).header('retry-after', retryAfterSeconds).send({ status: 'not ready', reasons });
    },
  });
}

const patienceMs = 2_000;

async function whyNotReady({ database, runtime }: Installation): Promise<string[]> {
  const owned = await inTime(countOwnedPartitions(database.prisma));
  // What cannot be written may be read all the same: a full disk shows in the runtime's own attempts only.
  const { partitions, outage } = runtime.health();
  if (typeof owned !== 'number') return [outage ?? (owned === 'late' ? 'Postgres does not answer in time.' : owned.message)];
  const unowned = owned >= partitions ? [] : [`${partitions - owned} of ${partitions} partitions are owned by no worker.`];
  return outage === null ? unowned : [outage, ...unowned];
}

async function inTime(work: Promise<number>): Promise<number | 'late' | { message: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), patienceMs);
  });
  try {
    return await Promise.race([
      work.catch((error: unknown) => ({ message: databaseFault(error)?.message ?? 'Postgres does not answer.' })),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
