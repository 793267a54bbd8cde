import { instanceId, stepKey } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { createRuntime, type Runtime } from '@perdure/runtime';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from './check-invariants.ts';
import type { Invariant } from './check-rows.ts';
import { checkSideEffects } from './check-side-effects.ts';
import { drawWorkflow } from './draw-workflow.ts';
import { eventually } from './eventually.ts';
import { publishWorkflow } from './publish-workflow.ts';
import { startTestPostgres, type TestPostgres } from './test-postgres.ts';

let postgres: TestPostgres;
let client: pg.Client;
/** Their columns, without those Postgres generates. */
const stored: Record<string, string> = {};
const tables = ['instance', 'history_event', 'checkpoint', 'timer', 'message', 'human_task'];

/** Real rows of a finished instance, a sleeper, a waiter with an open task, and a parent with its child; each test damages them and puts them back. */
beforeAll(async () => {
  postgres = await startTestPostgres();
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const http = { name: 'http', run: async () => ({ ok: true as const, output: 1 }) };
  const runtime = await createRuntime({ databaseUrl: postgres.url, redisUrl: null, worker: true, activities: [http] });
  await publishWorkflow(postgres.url, 'chain', chain);
  await publishWorkflow(postgres.url, 'asks', asks);
  await publishWorkflow(postgres.url, 'parent', parent);
  const start = (workflow: string, id: string) =>
    runtime.start({ workflow, version: null, input: {}, startedBy: 'test', instanceId: instanceId(id) });
  await start('chain', 'done');
  await start('asks', 'decided');
  await start('asks', 'open');
  await start('parent', 'parent');
  await decide(runtime, 'decided');
  await eventually(
    'the first ends',
    async () => (await client.query(`SELECT 1 FROM instance WHERE id = 'done' AND status = 'Completed'`)).rows[0] as object | undefined,
  );
  await eventually(
    'the child runs',
    async () =>
      (await client.query(`SELECT 1 FROM instance WHERE parent_instance_id = 'parent' AND status = 'Running'`)).rows[0] as
        | object
        | undefined,
  );
  await runtime.stop();
  for (const table of tables) {
    await client.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    const columns = await client.query<{ names: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
      [`"${table}"`],
    );
    stored[table] = columns.rows[0]?.names ?? '';
  }
});

beforeEach(async () => {
  await client.query(`TRUNCATE ${tables.join(', ')} CASCADE`);
  for (const table of tables) await client.query(`INSERT INTO ${table} (${stored[table]}) SELECT ${stored[table]} FROM kept_${table}`);
});

afterAll(async () => {
  await client.end();
  await postgres.stop();
});

async function decide(runtime: Runtime, id: string): Promise<void> {
  await runtime.send(instanceId(id), {
    type: 'DecideHumanTask',
    step: stepKey('ask#1'),
    outcome: portId('approved'),
    data: null,
    comment: null,
    by: 'ann',
  });
}

const chain = drawWorkflow(
  { start: { type: 'start' }, work: { type: 'http', config: { method: 'GET', url: 'https://a.test/' } }, done: { type: 'end' } },
  ['start -> work', 'work -> done'],
);
const asks = drawWorkflow(
  {
    start: { type: 'start' },
    ask: { type: 'humanTask', config: { title: 'Go on?', deadline: '1d', outcomes: [{ key: 'approved', label: 'Yes', tone: 'primary' }] } },
    nap: { type: 'timer', config: { mode: 'for', value: '1d' } },
    done: { type: 'end' },
  },
  ['start -> ask', 'ask.approved -> nap', 'nap -> done', 'ask.overdue -> done'],
);
const parent = drawWorkflow(
  { start: { type: 'start' }, child: { type: 'subWorkflow', config: { workflow: 'asks' } }, done: { type: 'end' } },
  ['start -> child', 'child -> done'],
);

const firstChild = `(SELECT id FROM instance WHERE parent_instance_id = 'parent')`;

describe('checkInvariants', () => {
  it('finds nothing wrong with what a runtime wrote', async () => {
    const verdict = await checkInvariants(postgres.url, {
      acknowledged: [{ instanceId: 'done' }, { instanceId: 'decided', decidedBy: 'ann' }],
      commits: [
        { instanceId: 'done', baseSeq: 0, seq: 2, epoch: 1 },
        { instanceId: 'done', baseSeq: 2, seq: 4, epoch: 2 },
      ],
    });
    expect(verdict.broken).toEqual({});
    expect(verdict).toMatchObject({ holds: true, instances: 5 });
    expect(verdict.events).toBeGreaterThan(10);
  });

  it.each<[Invariant, string, string]>([
    ['I2', 'an event is missing', `DELETE FROM history_event WHERE instance_id = 'done' AND seq = 3`],
    ['I2', 'the last events are missing', `DELETE FROM history_event WHERE instance_id = 'done' AND seq > 2`],
    [
      'I2',
      'events belong to nobody',
      `INSERT INTO history_event SELECT 'ghost', seq, type, at, data FROM history_event WHERE instance_id = 'done'`,
    ],
    ['I3', 'the status is another', `UPDATE instance SET status = 'Failed' WHERE id = 'done'`],
    ['I3', 'the running activities are miscounted', `UPDATE instance SET running_activities = 1 WHERE id = 'open'`],
    ['I3', 'the execution is another', `UPDATE instance SET execution_id = 'x' WHERE id = 'open'`],
    ['I3', 'a checkpoint says something else', `INSERT INTO checkpoint VALUES ('done', 2, '{"format":1}')`],
    ['I3', 'a checkpoint lies ahead', `INSERT INTO checkpoint VALUES ('done', 99, '{}')`],
    [
      'I3',
      'a finished instance has a timer',
      `INSERT INTO timer SELECT 'done', timer_id, partition, fire_at FROM timer WHERE instance_id = 'open'`,
    ],
    [
      'I4',
      'a result is recorded twice',
      `INSERT INTO history_event SELECT instance_id, 90, type, at, data FROM history_event WHERE instance_id = 'done' AND type = 'TaskCompleted'`,
    ],
    [
      'I5',
      'there is an event after the end',
      `INSERT INTO history_event SELECT 'done', (SELECT seq + 1 FROM instance WHERE id = 'done'), 'ExecutionSuspended', at, '{}' FROM history_event WHERE instance_id = 'done' AND seq = 1`,
    ],
    ['I5', 'it ended without saying so', `UPDATE instance SET completed_at = now() WHERE id = 'open'`],
    ['I9', 'a timer has no row', `DELETE FROM timer WHERE instance_id = 'decided'`],
    ['I9', 'a child is gone', `DELETE FROM instance WHERE parent_instance_id = 'parent'`],
    ['I9', 'a child ended and told nobody', `UPDATE instance SET status = 'Completed' WHERE id = ${firstChild}`],
    [
      'I9',
      'a Pending instance has no start',
      `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by) VALUES ('p', 1, 'x', 'chain', 1, 'Pending', 't')`,
    ],
    ['I11', 'an open task has no row', `DELETE FROM human_task WHERE instance_id = 'open'`],
    ['I11', 'a row is decided and the history is not', `UPDATE human_task SET status = 'decided' WHERE instance_id = 'open'`],
    ['I11', 'a row is still open', `UPDATE human_task SET status = 'open' WHERE instance_id = 'decided'`],
    ['I11', 'a row names another decider', `UPDATE human_task SET decided_by = 'bob' WHERE instance_id = 'decided'`],
    [
      'I11',
      'a task was decided twice',
      `INSERT INTO history_event SELECT instance_id, 90, type, at, data FROM history_event WHERE instance_id = 'decided' AND type = 'HumanTaskDecided'`,
    ],
  ])('%s is broken when %s', async (invariant, _what, damage) => {
    await client.query(damage);
    const verdict = await checkInvariants(postgres.url);
    expect(verdict.holds).toBe(false);
    expect(Object.keys(verdict.broken)).toContain(invariant);
  });

  it('I1 is broken when an acknowledged start, event or decision is not stored', async () => {
    const verdict = await checkInvariants(postgres.url, {
      acknowledged: [{ instanceId: 'never' }, { instanceId: 'open', event: 'e1' }, { instanceId: 'decided', decidedBy: 'bob' }],
    });
    expect(verdict.broken).toEqual({ I1: { count: 3, examples: expect.any(Array) } });
  });

  it('I10 is broken when an old epoch wrote after a new one', async () => {
    const commits = [
      { instanceId: 'done', baseSeq: 0, seq: 2, epoch: 2 },
      { instanceId: 'done', baseSeq: 2, seq: 4, epoch: 1 },
    ];
    expect((await checkInvariants(postgres.url, { commits })).broken).toMatchObject({ I10: { count: 1 } });
  });
});

describe('checkSideEffects', () => {
  const effect = (key: string, pid: number, at: number, attempt = 1) => ({ key, attempt, pid, at });
  const kill = (pid: number, at: number) => ({ from: at, until: at, concerns: (struck: { pid: number }) => struck.pid === pid });

  it('I8 allows what was in flight at a fault to run again', () => {
    const effects = [effect('a', 1, 10), effect('a', 1, 20, 2), effect('a', 2, 40, 2), effect('b', 2, 45)];
    expect(checkSideEffects(effects, [kill(1, 30)], new Map([['a 1', 15]]), ['a', 'b'])).toMatchObject({
      holds: true,
      executions: 4,
      duplicates: 1,
      inFlight: 1,
    });
  });

  it.each([
    ['no fault struck either process', [effect('a', 1, 10), effect('a', 2, 20)], []],
    ['its result had been stored before the fault', [effect('a', 1, 10), effect('a', 2, 40)], [kill(1, 30)]],
    ['it began behind the fault', [effect('a', 1, 35), effect('a', 2, 40)], [kill(1, 30)]],
    ['the fault struck another process', [effect('a', 1, 20), effect('a', 2, 40)], [kill(3, 30)]],
    ['one process ran it twice before the fault', [effect('a', 1, 20), effect('a', 1, 25)], [kill(1, 30)]],
    ['an expected key never ran', [], []],
  ])('I8 is broken when %s', (what, effects, faults) => {
    const reported = new Map(what.startsWith('its result') ? [['a 1', 15]] : []);
    expect(checkSideEffects(effects, faults, reported, ['a']).holds).toBe(false);
  });
});
