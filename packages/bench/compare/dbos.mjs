/** hello5 on DBOS Transact: a workflow of five steps, each a checkpoint in Postgres. Runs where compare.ts has installed DBOS. */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { measure } from './measure.mjs';

DBOS.setConfig({ name: 'hello5', systemDatabaseUrl: process.env.BENCH_DATABASE_URL, logLevel: 'error' });
const hello5 = DBOS.registerWorkflow(
  async () => {
    for (const name of ['s1', 's2', 's3', 's4', 's5']) await DBOS.runStep(async () => ({ done: true }), { name });
    return null;
  },
  { name: 'hello5' },
);
await DBOS.launch();
const figures = await measure(1_000, async () => void (await hello5()));
await DBOS.shutdown();
process.send(figures);
process.disconnect();
