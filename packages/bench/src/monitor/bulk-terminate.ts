/**
 * 10,000 waiting instances terminated by one job, while others go on starting theirs: how long the job takes from its confirmation to its end,
 * and how much longer a start takes than it did just before. The instances are purged afterwards, so a kept database stays as it was.
 */
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { startServerProcess } from '@perdure/testing/server-process';
import { p95Of } from '../bench-runtime.ts';
import { shortWorkflow, startMany, startOthers } from './others.ts';
import { runJob } from './run-job.ts';

const count = 10_000;
/** Before the job. */
const othersBefore = 200;

const waits = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
  'start -> wait',
  'wait -> done',
]);

export async function bulkTerminate(databaseUrl: string, redisUrl: string | null): Promise<Record<string, number>> {
  const server = await startServerProcess({ databaseUrl, redisUrl });
  const run = Date.now().toString(36);
  const text = `BULK-${run}-`;
  try {
    await publishWorkflow(databaseUrl, `bulk-waits-${run}`, waits);
    await publishWorkflow(databaseUrl, `bulk-other-${run}`, shortWorkflow);
    const cookie = await server.signIn();
    await startMany(server, `bulk-waits-${run}`, count, (index) => `${text}${index}`);
    const others = (name: string, goesOn: (index: number) => boolean) => startOthers(server, `bulk-other-${run}`, `${name}-${run}`, goesOn);
    await others('warm', (index) => index < othersBefore);
    const before = await others('before', (index) => index < othersBefore);
    let isOver = false;
    const startedAt = performance.now();
    const job = runJob(server, cookie, { action: 'terminate', recursive: false }, { text }).finally(() => (isOver = true));
    const [meanwhile, done] = await Promise.all([others('meanwhile', () => !isOver), job]);
    const seconds = (done.at - startedAt) / 1_000;
    if (done.done !== count) throw new Error(`The job terminated ${done.done} of ${count} instances.`);
    await runJob(server, cookie, { action: 'purge' }, { text });
    await runJob(server, cookie, { action: 'purge' }, { workflowKeys: [`bulk-other-${run}`] });
    return {
      'bulkTerminate10000.seconds': seconds,
      'bulkTerminate10000.othersBeforeP95Ms': p95Of(before),
      'bulkTerminate10000.othersP95Ms': p95Of(meanwhile),
      'bulkTerminate10000.othersP95Ratio': p95Of(meanwhile) / p95Of(before),
    };
  } finally {
    await server.stop();
  }
}
