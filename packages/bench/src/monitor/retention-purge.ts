/**
 * 10,000 finished instances that a rule of retention archives and purges, while others go on starting theirs: how long that takes from the
 * rule's making until the last one is gone, and how much longer a start takes than it did just before.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishWorkflow } from '@perdure/testing';
import { startServerProcess } from '@perdure/testing/server-process';
import type pg from 'pg';
import { tell } from './calls.ts';
import { besideOthers, shortWorkflow, startMany } from './others.ts';
import { runJob } from './run-job.ts';

const count = 10_000;

export async function retentionPurge(databaseUrl: string, redisUrl: string | null, client: pg.Client): Promise<Record<string, number>> {
  const archive = await mkdtemp(join(tmpdir(), 'perdure-bench-archive-'));
  const server = await startServerProcess({ databaseUrl, redisUrl, env: { PERDURE_ARCHIVE_DIR: archive } });
  const run = Date.now().toString(36);
  const due = `due-${run}`;
  const other = `other-${run}`;
  try {
    await publishWorkflow(databaseUrl, due, shortWorkflow);
    await publishWorkflow(databaseUrl, other, shortWorkflow);
    const cookie = await server.signIn();
    await startMany(server, due, count, (index) => `DUE-${run}-${index}`);
    const isLeft = async (status: 'Running' | 'Completed'): Promise<boolean> => {
      const sql = 'SELECT EXISTS (SELECT 1 FROM instance WHERE workflow_key = $1 AND status = $2) AS "isLeft"';
      return (await client.query<{ isLeft: boolean }>(sql, [due, status])).rows[0]?.isLeft === true;
    };
    await until(async () => !(await isLeft('Running')));
    const { done: rules, figures } = await besideOthers('retention10000', { server, workflow: other, run }, async () => {
      const rule = { workflowKey: due, statuses: ['Completed'], afterDays: 0, archive: true, reason: 'bench' };
      const { ids } = await tell<{ ids: string[] }>(server, cookie, 'retention.add', rule);
      await until(async () => !(await isLeft('Completed')));
      return ids;
    });
    for (const id of rules) await tell(server, cookie, 'retention.remove', { id, reason: 'bench' });
    await runJob(server, cookie, { action: 'purge' }, { workflowKeys: [other] });
    return figures;
  } finally {
    await server.stop();
    await rm(archive, { recursive: true, force: true });
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resume) => setTimeout(resume, 100));
}
