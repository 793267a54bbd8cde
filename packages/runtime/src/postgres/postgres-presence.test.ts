import {
  drawWorkflow,
  eventually,
  publishWorkflow,
  startTestPostgres,
  startTestRedis,
  TcpProxy,
  type TestPostgres,
  type TestRedis,
} from '@perdure/testing';
import { instanceId } from '@perdure/engine';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Activity } from '../activity-runner.ts';
import { createRuntime, type RuntimeOptions } from '../create-runtime.ts';
import type { DurableStore } from '../ports/durable-store.ts';
import type { Runtime } from '../runtime.ts';
import { allPartitions } from './commit-item-fixture.ts';
import { openPresence } from './postgres-presence.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let database: pg.Pool;

/** Long behind the end of the tests: whatever happens here, happens because of a session. */
const leaseMs = 3_600_000;

beforeAll(async () => {
  postgres = await startTestPostgres();
  redis = await startTestRedis();
  database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  await publishWorkflow(postgres.url, 'working', working);
});

afterAll(async () => {
  await database.end();
  await redis.stop();
  await postgres.stop();
});

/** Of sessions that hold an advisory lock. */
async function holders(): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows[0]?.n ?? -1;
}

const endSessions = () =>
  database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );

describe('openPresence', () => {
  it('locks nothing and gives none behind a pooler, which tells its clients a process id of its own', async () => {
    const { hostname, port } = new URL(postgres.url);
    const pooler = createServer((client) => {
      const server = createConnection({ host: hostname, port: Number(port) });
      client.pipe(server);
      // BackendKeyData: its name, its length, then the process id.
      const keyData = Buffer.from([0x4b, 0, 0, 0, 12]);
      server.on('data', (data) => {
        const at = data.indexOf(keyData);
        if (at >= 0) data.writeInt32BE(4_711, at + keyData.length);
        client.write(data);
      });
      for (const socket of [client, server])
        socket.on('error', () => undefined).on('close', () => [client, server].map((one) => one.destroy()));
    }).listen(0, '127.0.0.1');
    await once(pooler, 'listening');
    const url = new URL(postgres.url);
    url.hostname = '127.0.0.1';
    url.port = String((pooler.address() as AddressInfo).port); // It listens on TCP.
    const ended: string[] = [];
    expect(await openPresence(url.href, leaseMs, () => ended.push('pooled'))).toBeNull();
    expect(await holders()).toBe(0);
    const direct = await openPresence(postgres.url, leaseMs, () => ended.push('direct'));
    expect(await holders()).toBe(1);
    await direct?.close();
    pooler.close();
    expect(ended).toEqual([]);
  });

  it('a session that is cut is told to have ended, and a look by it rejects', async () => {
    const { hostname, port } = new URL(postgres.url);
    const proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
    let ended = 0;
    const presence = await openPresence(proxy.through(postgres.url), leaseMs, () => (ended += 1));
    expect((await presence?.look('me'))?.peers).toEqual([]);
    proxy.reset();
    await expect(presence?.look('me')).rejects.toThrow();
    expect(ended).toBe(1);
    await presence?.close();
    await proxy.stop();
  });
});

const working = drawWorkflow(
  {
    start: { type: 'start' },
    work: { type: 'http', config: { method: 'GET', url: 'https://test/work' } },
    done: { type: 'end', config: { value: 'done' } },
  },
  ['start -> work', 'work -> done'],
);

/** What a test began is ended behind it, the last first. */
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function startRuntime(options: Pick<RuntimeOptions, 'activities'> & Partial<RuntimeOptions>): Promise<Runtime> {
  const runtime = await createRuntime({ databaseUrl: postgres.url, redisUrl: redis.url, worker: true, leaseMs, ...options });
  endings.push(() => runtime.stop());
  return runtime;
}

const start = (runtime: Runtime, id: string) =>
  runtime.start({ workflow: 'working', version: null, input: {}, startedBy: 'test', instanceId: instanceId(id) });

const presences = async (): Promise<{ presence: string }[]> =>
  (await database.query<{ presence: string }>('SELECT presence FROM worker WHERE presence IS NOT NULL ORDER BY id')).rows;

describe('a worker', () => {
  it('takes over at once from one whose session has ended, and executes what that one had begun', async () => {
    // What a worker that dies in the middle of an activity leaves behind, and the session that its process had.
    const dead = await startRuntime({
      workerId: 'dead',
      activities: [{ name: 'http', run: () => new Promise<never>(() => {}) }],
      renewEveryMs: leaseMs,
    });
    expect(await start(dead, 'left-behind')).toMatchObject({ ok: true });
    const executions: string[] = [];
    const http: Activity = {
      name: 'http',
      run: async (_input, { key }) => {
        executions.push(key);
        return { ok: true, output: null };
      },
    };
    const seen = new Set<string>();
    const heir = await startRuntime({ activities: [http], renewEveryMs: leaseMs, throughStore: (store) => noting(store, seen) });
    await eventually('it has seen the other', async () => seen.size === 1 || undefined);
    expect(heir.health().partitionsOwned).toBe(0);
    await hinderChangesBy('dead');
    await database.query(
      `SELECT pg_terminate_backend(l.pid) FROM pg_locks l, worker w
       WHERE l.locktype = 'advisory' AND (l.classid::bigint << 32) | l.objid::bigint = w.presence AND w.id = 'dead'`,
    );
    await eventually('the heir owns all', async () => heir.health().partitionsOwned === allPartitions.length || undefined);
    await eventually('it is done', async () => {
      const { rows } = await database.query<{ status: string }>(`SELECT status FROM instance WHERE id = 'left-behind'`);
      return rows[0]?.status === 'Completed' || undefined;
    });
    expect(executions).toHaveLength(1);
  });

  it('whose session an administrator ended keeps what it owns and runs, and is present again', async () => {
    const executions: string[] = [];
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const http: Activity = {
      name: 'http',
      run: async (_input, { key }) => {
        executions.push(key);
        await release;
        return { ok: true, output: null };
      },
    };
    const options = { activities: [http], renewEveryMs: 200 };
    const first = await startRuntime(options);
    const runtimes = [first, await startRuntime(options)];
    await eventually('each has its share', async () => runtimes.every((one) => one.health().partitionsOwned === 32) || undefined);
    const epochs = async (): Promise<unknown[]> => (await database.query('SELECT id, epoch, owner FROM "partition" ORDER BY id')).rows;
    expect(await start(first, 'before')).toMatchObject({ ok: true });
    await eventually('it runs', async () => executions.some((key) => key.startsWith('before/')) || undefined);
    const before = await epochs();
    for (let round = 0; round < 3; round += 1) {
      await eventually('both are present', async () => (await presences()).length === 2 || undefined);
      const ended = (await presences()).map(({ presence }) => presence);
      await endSessions();
      await eventually('both are present again', async () => {
        const now = await presences();
        return (now.length === 2 && now.every(({ presence }) => !ended.includes(presence))) || undefined;
      });
    }
    expect(await start(first, 'after')).toMatchObject({ ok: true });
    await eventually('the next one runs, too', async () => executions.some((key) => key.startsWith('after/')) || undefined);
    resolve();
    await eventually('both are done', async () => {
      const { rows } = await database.query(`SELECT 1 FROM instance WHERE id IN ('before', 'after') AND status = 'Completed'`);
      return rows.length === 2 || undefined;
    });
    expect(await epochs()).toEqual(before);
    expect(new Set(executions).size).toBe(executions.length);
  });
});

/** A worker in this process lives on when its session has ended; a dead one changes nothing any more. */
async function hinderChangesBy(workerId: string): Promise<void> {
  const hinder = (table: string, what: string): string =>
    `CREATE TRIGGER hinder BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (${what}) EXECUTE FUNCTION hinder();`;
  await database.query(`
    CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'dead'; END $$;
    ${hinder('worker', `OLD.id = '${workerId}'`)}
    ${hinder('"partition"', `OLD.owner = '${workerId}' AND NEW.owner = '${workerId}' AND NEW.lease_until > OLD.lease_until`)}`);
  endings.push(async () => void (await database.query('DROP FUNCTION hinder CASCADE')));
}

/** Writes down which sessions are seen. */
function noting(store: DurableStore, seen: Set<string>): DurableStore {
  const leases = through(store.leases, {
    openPresence: async (...asked: Parameters<DurableStore['leases']['openPresence']>) => {
      const presence = await store.leases.openPresence(...asked);
      if (presence === null) return null;
      return through(presence, {
        look: async (workerId: string) => {
          const look = await presence.look(workerId);
          for (const { presence: one, isHeld } of look.peers) if (isHeld) seen.add(one);
          return look;
        },
      });
    },
  });
  return through(store, { leases });
}

function through<Target extends object>(target: Target, replaced: Partial<Target>): Target {
  return new Proxy(target, {
    get(_, name) {
      if (name in replaced) return Reflect.get(replaced, name);
      const member: unknown = Reflect.get(target, name);
      // Private fields want their own object.
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
