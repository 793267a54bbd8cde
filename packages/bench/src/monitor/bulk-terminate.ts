/**
 * 10,000 waiting instances terminated by one job, while others go on starting theirs: how long the job takes from its confirmation to its end,
 * and how much longer a start takes than it did just before. The instances are purged afterwards, so a kept database stays as it was.
 */
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { startServerProcess } from '@perdure/testing/server-process';
import { besideOthers, shortWorkflow, startMany } from './others.ts';
import { runJob } from './run-job.ts';

const count = 10_000;

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
    const { done, figures } = await besideOthers('bulkTerminate10000', { server, workflow: `bulk-other-${run}`, run }, () =>
      runJob(server, cookie, { action: 'terminate', recursive: false }, { text }),
    );
    if (done !== count) throw new Error(`The job terminated ${done} of ${count} instances.`);
    await runJob(server, cookie, { action: 'purge' }, { text });
    await runJob(server, cookie, { action: 'purge' }, { workflowKeys: [`bulk-other-${run}`] });
    return figures;
  } finally {
    await server.stop();
  }
}
