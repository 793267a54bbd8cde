import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceId, stepKey } from '@perdure/engine';
import { drawWorkflow, eventually, publishWorkflow } from '@perdure/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Activity, ActivityContext } from './activity-runner.ts';
import type { RuntimeOptions } from './create-runtime.ts';
import { openInstallation, type Installation } from './installation-fixture.ts';
import type { LeaseStore } from './ports/durable-store.ts';
import type { Runtime } from './runtime.ts';

let installation: Installation;
/** Attempts begun, by instance and node. */
let begun: string[] = [];
/** What the stuck ones wait for; a settled one is let through. */
let mended = false;
/** Ends those that are stuck once the test is over, so that nobody who stops waits for them. */
let over = new AbortController();

const http = (path: string) => ({
  type: 'http',
  config: { method: 'GET', url: `https://test/${path}` },
  retry: { firstRetryInterval: '20ms', maxNumberOfAttempts: 1 },
});

const poison = drawWorkflow(
  {
    start: { type: 'start' },
    stuck: http('stuck'),
    nap: { type: 'event', config: { name: 'beside' } },
    beside: http('quick'),
    done: { type: 'end', config: { value: 'through' } },
    caught: { type: 'end', config: { value: { expr: 'error.code' } } },
  },
  ['start -> stuck', 'start -> nap', 'nap -> beside', 'stuck -> done', 'stuck.error -> caught'],
);

const lethal = drawWorkflow({ start: { type: 'start' }, stuck: http('exit'), done: { type: 'end' } }, ['start -> stuck', 'stuck -> done']);

const slow = { ...http('stuck'), config: { ...http('stuck').config, queue: 'slow' } };
const queued = drawWorkflow({ start: { type: 'start' }, stuck: slow, done: { type: 'end' } }, ['start -> stuck', 'stuck -> done']);

/** Never ends, until it is mended. Nothing can leave it within a test but the loss of its worker. */
const activity: Activity = {
  name: 'http',
  run: (input, context: ActivityContext) => {
    begun.push(`${context.instanceId} ${context.node}`);
    const isStuck = /stuck|exit/.test(JSON.stringify(input)) && !mended && !over.signal.aborted;
    const done = { ok: true, output: null } as const;
    return isStuck ? new Promise((leave) => over.signal.addEventListener('abort', () => leave(done))) : Promise.resolve(done);
  },
};

beforeAll(async () => {
  installation = await openInstallation();
  await publishWorkflow(installation.databaseUrl, 'poison', poison);
  await publishWorkflow(installation.databaseUrl, 'queued', queued);
  await publishWorkflow(installation.databaseUrl, 'lethal', lethal);
});

beforeEach(() => {
  begun = [];
  mended = false;
  over = new AbortController();
});

afterEach(async () => {
  over.abort();
  await installation.stopAll();
  await installation.database.query('TRUNCATE instance, history_event, activity_claim CASCADE');
});

afterAll(async () => {
  await installation.close();
});

/** Longer than a test: whoever is taken over from does not look after its leases, or it would notice, and be given a share again. */
const never = 600_000;

/** The partitions change hands as after a crash: the one before has not released them. */
const takeOver = (options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  installation.start({ activities: [activity], force: true, leaseMs: never, renewEveryMs: never, ...options });

/** With its methods as properties of its own, some of which may be replaced. */
function bound<Port extends object>(port: Port): Port {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(port)).filter((name) => name !== 'constructor');
  // The port's own methods, each with the object that holds its private fields.
  const methods = names.map((name) => [name, (Reflect.get(port, name) as (...asked: unknown[]) => unknown).bind(port)]);
  return { ...port, ...(Object.fromEntries(methods) as Port) };
}

const start = (runtime: Runtime, workflow: string, id: string) =>
  runtime.start({ workflow, version: null, input: {}, startedBy: 'test', instanceId: instanceId(id) });

const events = async (id: string) =>
  (
    await installation.database.query<{ type: string; data: Record<string, unknown> }>(
      'SELECT type, data FROM history_event WHERE instance_id = $1 ORDER BY seq',
      [id],
    )
  ).rows;

const happened = (id: string, type: string, times = 1) =>
  eventually(`${times} ${type} of ${id}`, async () => {
    const found = (await events(id)).filter((event) => event.type === type);
    return found.length >= times ? found : undefined;
  });

const times = (what: string) => begun.filter((one) => one === what).length;
const begins = (what: string, wanted: number) =>
  eventually(`${what} is begun ${wanted} times`, async () => times(what) >= wanted || undefined);

/** Five workers vanish with the step; the sixth holds it. */
async function hold(id: string, between: (runtime: Runtime) => Promise<void> = async () => {}): Promise<Runtime> {
  let runtime = await takeOver();
  await start(runtime, 'poison', id);
  for (let claims = 1; claims <= 5; claims += 1) {
    await begins(`${id} stuck`, claims);
    await between(runtime);
    runtime = await takeOver();
  }
  expect(await happened(id, 'TaskQuarantined')).toMatchObject([{ data: { step: 'stuck#1', attempt: 1, claims: 5 } }]);
  return runtime;
}

const release = { type: 'ReleaseTask', step: stepKey('stuck#1'), reason: 'mended', by: 'ann' } as const;

describe('quarantine', { timeout: 60_000 }, () => {
  it('Q1 holds an attempt that five workers did not survive, however busy its siblings are', async () => {
    let round = 0;
    await hold('busy', async (owner) => {
      round += 1;
      // Commits of the same instance between the takeovers must not set the count back.
      await owner.send(instanceId('busy'), { type: 'RaiseEvent', id: `e${round}`, name: 'other', data: null, by: 'test' });
    });
    expect(times('busy stuck')).toBe(5);
    const { rows } = await installation.database.query<{ status: string; running: number; kind: string }>(
      `SELECT status, running_activities AS running, whereabouts->>'kind' AS kind FROM instance WHERE id = 'busy'`,
    );
    expect(rows).toEqual([{ status: 'Running', running: 0, kind: 'quarantined' }]);
    // Held means held: another takeover begins nothing.
    const next = await takeOver();
    await next.send(instanceId('busy'), { type: 'RaiseEvent', id: 'last', name: 'other', data: null, by: 'test' });
    expect(times('busy stuck')).toBe(5);
  });

  it('Q4 released, it runs again with its claims counted anew', async () => {
    let runtime = await hold('again');
    expect(await runtime.send(instanceId('again'), release)).toEqual({ ok: true });
    await begins('again stuck', 6);
    runtime = await takeOver();
    await begins('again stuck', 7);
    expect((await events('again')).filter(({ type }) => type === 'TaskQuarantined')).toHaveLength(1);
    mended = true;
    await takeOver();
    await happened('again', 'TaskCompleted');
  });

  it('Q5 given up, it fails with Quarantined and takes its error port', async () => {
    const runtime = await hold('lost');
    await runtime.send(instanceId('lost'), { type: 'RaiseEvent', id: 'e', name: 'beside', data: null, by: 'test' });
    expect(await runtime.send(instanceId('lost'), { type: 'GiveUpTask', step: stepKey('stuck#1'), reason: '', by: 'ann' })).toEqual({
      ok: true,
    });
    await happened('lost', 'ExecutionCompleted');
    expect((await events('lost')).at(-1)).toMatchObject({ data: { status: 'Completed', output: 'Quarantined' } });
  });

  it('nothing innocent is held with it: from the third claim on, each is begun alone', async () => {
    let runtime = await takeOver();
    await Promise.all(Array.from({ length: 8 }, (_, i) => start(runtime, 'poison', `many-${i}`)));
    for (let takeover = 0; takeover < 3; takeover += 1) {
      await eventually('all are begun', async () => begun.length >= 8 || undefined);
      begun = [];
      runtime = await takeOver();
    }
    // Claims: the start, two takeovers together. The third begins one, and waits for what becomes of it.
    await eventually('the first is begun', async () => begun.length >= 1 || undefined);
    await new Promise((resume) => setTimeout(resume, 300));
    expect(begun).toHaveLength(1);
    begun = [];
    mended = true;
    await takeOver();
    for (let i = 0; i < 8; i += 1) await happened(`many-${i}`, 'TaskCompleted');
    const { rows } = await installation.database.query<{ claims: number; n: number }>(
      'SELECT claims, count(*)::int AS n FROM activity_claim GROUP BY claims ORDER BY claims',
    );
    expect(rows.map(({ claims }) => claims)).toEqual([4, 5]);
    expect(rows[1]?.n).toBe(1);
  });

  it('a clean stop counts nothing', async () => {
    const first = await takeOver();
    await start(first, 'poison', 'polite');
    await begins('polite stuck', 1);
    await installation.stop(first);
    await takeOver();
    await begins('polite stuck', 2);
    expect((await installation.database.query('SELECT 1 FROM activity_claim')).rows).toEqual([]);
  });

  it('K1 counts what a vanished worker left for one whose own leases run out before it has found that', async () => {
    const first = await takeOver();
    await start(first, 'poison', 'unfound');
    await begins('unfound stuck', 1);
    // The next one is kept from looking, and from renewing, until its leases have run out by its own clock.
    let lapsed = false;
    const untilLapsed = () => eventually('the leases run out', () => lapsed || undefined);
    let isFirstRound = true;
    const held = (leases: LeaseStore): LeaseStore => ({
      ...bound(leases),
      unfinishedWork: async (...asked) => {
        await untilLapsed();
        return leases.unfinishedWork(...asked);
      },
      renew: async (...asked) => {
        if (!isFirstRound && !lapsed) throw new Error('Not now.');
        isFirstRound = false;
        return leases.renew(...asked);
      },
    });
    await takeOver({
      leaseMs: 1_000,
      renewEveryMs: 100,
      throughStore: (store) => ({ ...bound(store), leases: held(store.leases) }),
      onTrouble: (_, error) => (lapsed ||= error.name === 'LeasesRanOut'),
    });
    await begins('unfound stuck', 2);
    expect((await installation.database.query(`SELECT claims FROM activity_claim WHERE instance_id = 'unfound'`)).rows).toEqual([
      { claims: 2 },
    ]);
  });

  it('Q1 with cells a poison costs one worker: the rest of its claims are cells, and what was beside it completes in them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-quarantine-'));
    const sink = join(folder, 'sink');
    const inCells = (id: string): number =>
      existsSync(sink)
        ? readFileSync(sink, 'utf8')
            .split('\n')
            .filter((line) => line.startsWith(`${id} `)).length
        : 0;
    const first = await takeOver();
    await start(first, 'lethal', 'lethal');
    await Promise.all(Array.from({ length: 3 }, (_, i) => start(first, 'poison', `beside-${i}`)));
    await eventually('all are begun', async () => begun.length >= 4 || undefined);
    const next = await takeOver({ cells: { module: new URL('./cells/activities-fixture.ts', import.meta.url), settings: { sink } } });
    for (let i = 0; i < 3; i += 1) await happened(`beside-${i}`, 'TaskCompleted');
    expect(await happened('lethal', 'TaskQuarantined')).toMatchObject([{ data: { claims: 5 } }]);
    expect([times('lethal stuck'), inCells('lethal')]).toEqual([1, 4]);
    // Beside it when the first cell died, at most; then alone.
    for (let i = 0; i < 3; i += 1) expect(inCells(`beside-${i}`)).toBeLessThanOrEqual(2);
    expect(next.health().counters['cellDeaths']).toBe(4);
    // Let out, it is as suspect as before.
    expect(await next.send(instanceId('lethal'), release)).toEqual({ ok: true });
    await happened('lethal', 'TaskQuarantined', 2);
    expect([times('lethal stuck'), inCells('lethal')]).toEqual([1, 9]);
    // What is new is begun here.
    await start(next, 'poison', 'new');
    await begins('new stuck', 1);
    rmSync(folder, { recursive: true });
  });

  it('an attempt of a named queue is counted when it is begun again', async () => {
    let runtime = await takeOver();
    await start(runtime, 'queued', 'far');
    await begins('far stuck', 1);
    for (let claims = 2; claims <= 3; claims += 1) {
      runtime = await takeOver();
      await begins('far stuck', claims);
    }
    expect((await installation.database.query(`SELECT claims FROM activity_claim WHERE instance_id = 'far'`)).rows).toEqual([
      { claims: 3 },
    ]);
    mended = true;
    await takeOver();
    await happened('far', 'TaskCompleted');
  });
});
