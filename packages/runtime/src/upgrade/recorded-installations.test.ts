/**
 * Installations recorded by earlier versions, one per writer format: each is restored from its backup, brought up to date and goes on to its
 * end under this version's worker.
 *
 * `PERDURE_TEST_RECORD=1 vitest run packages/runtime/src/upgrade` records the present format anew, which is right only until a version with
 * this format has been used by anybody.
 */
import { backUp, restore } from '@perdure/database/backup';
import {
  encodeEntityState,
  encodeState,
  evolve,
  evolveEntity,
  initialEntityState,
  initialState,
  instanceId,
  isFinal,
  parseEntityId,
  stepKey,
  type EntityEvent,
  type HistoryEvent,
} from '@perdure/engine';
import { portId, type Json } from '@perdure/graph';
import { checkInvariants, eventually, publishWorkflow, saveEntityType, startTestPostgres } from '@perdure/testing';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, vi } from 'vitest';
import type { Activity } from '../activity-runner.ts';
import { createRuntime } from '../create-runtime.ts';
import type { Runtime } from '../runtime.ts';
import { writerFormat } from '../writer-format.ts';
import { answer } from './drawn-nodes-fixture.ts';
import type { Stage } from './scenario-fixture.ts';
import { scenarios } from './scenarios-fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

const fixtures = join(import.meta.dirname, '../../fixtures');
const histories = join(import.meta.dirname, '../../../engine/fixtures');

/** Each test undoes its own: those of the recordings run beside each other. */
type Later = (undo: () => Promise<void>) => void;

async function openPool(url: string, later: Later): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'test' });
  // One that is closing when its database is dropped.
  pool.on('error', () => undefined);
  later(() => pool.end());
  return pool;
}

async function startRuntime(databaseUrl: string, options: { worker: boolean; holding: boolean }): Promise<Runtime> {
  const http: Activity = {
    name: 'http',
    run: (input, { attempt, signal }) =>
      answer(new URL((input as { url: string }).url).pathname.slice(1), attempt, options.holding, signal), // as the scenarios draw it
  };
  return createRuntime({ databaseUrl, redisUrl: null, worker: options.worker, activities: [http], force: options.worker });
}

function stageOn(runtime: Runtime, pool: pg.Pool): Stage {
  const insist = async (what: string, work: () => Promise<{ ok: boolean; message?: string }>): Promise<void> => {
    const result = await work();
    if (!result.ok) throw new Error(`${what}: ${result.message}`);
  };
  const stage: Stage = {
    start: (workflow, id, input = {}, test) =>
      insist(`start ${id}`, () =>
        runtime.start({
          workflow,
          version: null,
          input,
          startedBy: 'recorder',
          tags: ['recorded'],
          instanceId: instanceId(id),
          ...(test && { test }),
        }),
      ),
    send: (id, command) => insist(`${command.type} ${id}`, () => runtime.send(instanceId(id), command)),
    raise: (id, name, data = null) => stage.send(id, { type: 'RaiseEvent', id: `${id}-${name}`, name, data, by: 'ada' }),
    async decide(id, node, outcome) {
      await stage.happened(id, 'HumanTaskCreated');
      await stage.send(id, {
        type: 'DecideHumanTask',
        step: stepKey(`${node}#1`),
        outcome: portId(outcome),
        data: { note: 'fine' },
        comment: 'ok',
        by: 'ada',
      });
    },
    async claim(id, node) {
      await stage.happened(id, 'HumanTaskCreated');
      await stage.send(id, { type: 'ClaimHumanTask', step: stepKey(`${node}#1`), by: 'ada' });
    },
    release: (id, node) => stage.send(id, { type: 'ReleaseHumanTask', step: stepKey(`${node}#1`), by: 'ada' }),
    happened: async (id, type, times = 1) => {
      await eventually(`${id} has ${times} ${type}`, async () => {
        const { rows } = await pool.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM history_event WHERE instance_id = $1 AND type = $2',
          [id, type],
        );
        return (rows[0]?.n ?? 0) >= times || undefined;
      });
    },
    child: (id) =>
      eventually(`${id} has a child`, async () => {
        const { rows } = await pool.query<{ id: string }>('SELECT id FROM instance WHERE parent_instance_id = $1', [id]);
        return rows[0]?.id;
      }),
    async hurry(id) {
      await pool.query('UPDATE timer SET fire_at = clock_timestamp() WHERE instance_id = $1', [id]);
    },
  };
  return stage;
}

/** What every recording holds besides rows: the histories, for the engine's own test. */
interface RecordedHistory {
  instance: string;
  events: (HistoryEvent | EntityEvent)[];
  /** Encoded by the version that recorded, at some of the events. */
  checkpoints: { seq: number; state: Json }[];
}

async function readHistories(pool: pg.Pool): Promise<RecordedHistory[]> {
  const { rows } = await pool.query<{ instance_id: string; seq: number; type: string; at: string; data: object }>(
    `SELECT instance_id, seq, type, extract(epoch FROM at) * 1000 AS at, data FROM history_event ORDER BY instance_id, seq`,
  );
  return [...Map.groupBy(rows, ({ instance_id: id }) => id)].map(([instance, own]) => {
    const events = own.map(({ seq, type, at, data }) => ({ seq, at: Number(at), type, ...data }) as HistoryEvent | EntityEvent); // as it is stored
    const fold = parseEntityId(instance) === null ? foldWorkflow(instance) : foldEntity(instance);
    const checkpoints: RecordedHistory['checkpoints'] = [];
    for (const event of events) {
      const encode = fold(event);
      const wanted = event.seq <= 20 || event.seq === events.length || event.seq % 250 === 0;
      if (wanted) checkpoints.push({ seq: event.seq, state: JSON.parse(JSON.stringify(encode())) as Json });
    }
    return { instance, events, checkpoints };
  });
}

function foldWorkflow(instance: string): (event: HistoryEvent | EntityEvent) => () => Json {
  const state = initialState(instanceId(instance));
  return (event) => {
    evolve(state, event as HistoryEvent); // of a workflow's history
    return () => encodeState(state);
  };
}

function foldEntity(instance: string): (event: HistoryEvent | EntityEvent) => () => Json {
  const state = initialEntityState(instanceId(instance));
  return (event) => {
    evolveEntity(state, event as EntityEvent); // of an entity's history
    return () => encodeEntityState(state);
  };
}

it.runIf(process.env['PERDURE_TEST_RECORD'] === '1')('records an installation', async ({ onTestFinished: later }) => {
  const postgres = await startTestPostgres();
  later(() => postgres.stop());
  const pool = await openPool(postgres.url, later);
  for (const { workflows } of scenarios)
    for (const [key, versions] of Object.entries(workflows))
      for (const document of [versions].flat()) await publishWorkflow(postgres.url, key, document);
  const types = new Map(scenarios.flatMap(({ entityTypes = {} }) => Object.entries(entityTypes)));
  for (const [name, document] of types) await saveEntityType(postgres.url, name, document);
  const runtime = await startRuntime(postgres.url, { worker: true, holding: true });
  const stage = stageOn(runtime, pool);
  await Promise.all(scenarios.filter(({ unattended }) => unattended === undefined).map((scenario) => scenario.begin(stage)));
  await runtime.stop();
  const api = await startRuntime(postgres.url, { worker: false, holding: true });
  for (const scenario of scenarios) if (scenario.unattended === true) await scenario.begin(stageOn(api, pool));
  await api.stop();
  const file = join(fixtures, `installation-writer-${writerFormat}.backup`);
  rmSync(file, { force: true });
  await backUp(postgres.url, file);
  const recorded = await readHistories(pool);
  expect(recorded.length).toBeGreaterThanOrEqual(scenarios.length - 1); // the unattended one has no history yet
  writeFileSync(
    join(histories, `histories-writer-${writerFormat}.json`),
    `[\n${recorded.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`,
  );
});

const recordings = readdirSync(fixtures).filter((name) => name.endsWith('.backup'));

// Beside each other: what is made due by hand waits for the worker's next look at all timers, which is ten seconds off.
it.concurrent.for(recordings)('%s goes on under this version, and every instance ends as it would have', async (recording, context) => {
  const { expect, onTestFinished: later } = context;
  const postgres = await startTestPostgres({ empty: true });
  later(() => postgres.stop());
  await restore(postgres.url, join(fixtures, recording));
  const pool = await openPool(postgres.url, later);
  const { rows: names } = await pool.query<{ id: string; status: string }>(
    `SELECT id, status FROM instance WHERE parent_instance_id IS NULL AND workflow_key NOT LIKE '@%' ORDER BY id`,
  );
  const chosen = names.map(({ id }) => scenarios.find(({ name }) => name === id) ?? id);
  expect(chosen.filter((scenario) => typeof scenario === 'string')).toEqual([]);

  const runtime = await startRuntime(postgres.url, { worker: true, holding: false });
  later(() => runtime.stop());
  const stage = stageOn(runtime, pool);
  for (const scenario of chosen) if (typeof scenario !== 'string') await scenario.finish?.(stage);
  await eventually(
    'all instances end',
    async () => {
      // What was made due by hand is noticed at the next look; it may have been set again by a retry.
      const { rows } = await pool.query<{ status: string }>(`SELECT status FROM instance WHERE workflow_key NOT LIKE '@%'`);
      return rows.every(({ status }) => isFinal(status as 'Running')) || undefined; // stored statuses are of the engine
    },
    60_000,
  );
  const { rows: ends } = await pool.query<{ id: string; status: string; data: { output?: Json } }>(
    `SELECT i.id, i.status, h.data FROM instance i JOIN history_event h ON h.instance_id = i.id AND h.seq = i.seq WHERE i.parent_instance_id IS NULL AND i.workflow_key NOT LIKE '@%' ORDER BY i.id`,
  );
  expect(ends.map(({ id, status, data }) => ({ id, status, output: data.output }))).toEqual(
    chosen.flatMap((scenario) => (typeof scenario === 'string' ? [] : [{ id: scenario.name, ...scenario.ends }])),
  );
  expect(await checkInvariants(postgres.url, { acknowledged: names.map(({ id }) => ({ instanceId: id })) })).toMatchObject({
    broken: {},
    holds: true,
  });
});

it('there is a recording of the present writer format', () => {
  expect(recordings).toContain(`installation-writer-${writerFormat}.backup`);
});
