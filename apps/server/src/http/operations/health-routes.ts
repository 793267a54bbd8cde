import { countOwnedPartitions } from '@perdure/database/read';
import type { Installation } from '../../installation.ts';
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
      return reasons.length === 0 ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reasons });
    },
  });
}

const patienceMs = 2_000;

async function whyNotReady({ database, runtime }: Installation): Promise<string[]> {
  const { partitions } = runtime.health();
  const owned = await inTime(countOwnedPartitions(database.prisma));
  if (owned === undefined) return ['Postgres does not answer.'];
  return owned >= partitions ? [] : [`${partitions - owned} of ${partitions} partitions are owned by no worker.`];
}

/** Undefined when it failed or took too long. */
async function inTime<Value>(work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
