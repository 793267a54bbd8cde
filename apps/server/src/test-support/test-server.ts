/** A whole server on real Postgres and Redis, listening on a port of its own, for the tests of this package. */
import { randomUUID } from 'node:crypto';
import { createHttpActivity, type AllowedPlace } from '@perdure/activities';
import { openDatabase, type Database } from '@perdure/database';
import { freePort } from '@perdure/embedded';
import type { Json } from '@perdure/graph';
import { createRuntime, type Runtime } from '@perdure/runtime';
import { startTestPostgres, startTestRedis } from '@perdure/testing';
import { pino } from 'pino';
import { createSignInToken } from '../auth/sign-in-link.ts';
import { type ComposedServer, composeServer } from '../compose.ts';
import type { MailConfig } from '../installation.ts';
import { createMonitor } from '../monitor/monitor.ts';
import { combineObservers } from '../telemetry/combine-observers.ts';
import { createFigures } from '../telemetry/figures.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Role } from '../trpc/contract/people.ts';

/** An answer whose shape is what a test is about to find out. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

export const testKey = 'a-key-for-tests-of-32-characters';

export interface TestServer extends ComposedServer {
  origin: string;
  /** Where activities reach the demo services. */
  demoOrigin: string;
  databaseUrl: string;
  redisUrl: string;
  database: Database;
  runtime: Runtime;
  /** Sends JSON with the admin key; `key: null` sends none. */
  call(
    method: string,
    path: string,
    options?: { body?: Json; text?: string; headers?: Record<string, string>; key?: string | null; cookie?: string },
  ): Promise<TestAnswer>;
  /** A person with the role, for all workflows or for a folder, signed in. */
  signIn(role: Role, name?: string, folder?: string): Promise<{ id: string; cookie: string }>;
  /** Calls a tRPC procedure. */
  procedure(
    cookie: string | null,
    type: 'query' | 'mutation',
    path: string,
    input?: Json,
  ): Promise<{ status: number; data: Loose; error: Loose }>;
  stop(): Promise<void>;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON. */
  body: Loose;
}

export async function startTestServer(
  options: {
    embedded?: boolean;
    tracing?: Tracing;
    mail?: MailConfig;
    allowedPlaces?: readonly AllowedPlace[];
    onLog?: (line: string) => void;
    archiveDirectory?: string;
    recheckSocketsEveryMs?: number;
  } = {},
): Promise<TestServer> {
  const [postgres, redis, port] = await Promise.all([startTestPostgres(), startTestRedis(), freePort()]);
  const database = openDatabase({ url: postgres.url, poolSize: 5 });
  const origin = `http://localhost:${port}`;
  const figures = createFigures();
  const unrecorded = new Set<string>();
  const monitor = createMonitor();
  const runtime = await createRuntime({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    worker: true,
    activities: [createHttpActivity({ demoOrigin: `http://127.0.0.1:${port}` })],
    poolSize: 4,
    observer: combineObservers([figures.observer, monitor.observer, ...(options.tracing === undefined ? [] : [options.tracing.observer])]),
  });
  const log =
    options.onLog === undefined
      ? pino({ level: process.env['PERDURE_TEST_LOG'] ?? 'fatal' })
      : pino({ level: 'debug' }, { write: options.onLog });
  monitor.start({ databaseUrl: postgres.url, runtime, worker: true, log });
  const server = await composeServer({
    config: {
      publicUrl: origin,
      trustProxy: false,
      apiKey: testKey,
      embedded: options.embedded ?? true,
      version: '0.0.0-test',
      mail: options.mail ?? null,
      allowedPlaces: options.allowedPlaces ?? [],
      archiveDirectory: options.archiveDirectory ?? null,
      bulkPerSecond: 420,
      webRoot: null,
    },
    database,
    runtime,
    services: { describe: { postgres: 'test', redis: 'test' } },
    log,
    figures,
    monitor,
    tracing: options.tracing ?? null,
    keepRetentionEveryMs: 86_400_000,
    ...(options.recheckSocketsEveryMs === undefined ? {} : { recheckSocketsEveryMs: options.recheckSocketsEveryMs }),
    onUnrecorded: (path) => unrecorded.add(path),
  });
  await server.listen({ host: '127.0.0.1', port });

  const call: TestServer['call'] = async (method, path, { body, text, headers = {}, key = testKey, cookie } = {}) => {
    const sent: Record<string, string> = { ...headers };
    if (key !== null && cookie === undefined) sent['x-functions-key'] = key;
    if (cookie !== undefined) Object.assign(sent, { cookie, origin, ...headers });
    if (body !== undefined || text !== undefined) sent['content-type'] ??= 'application/json';
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(content === undefined ? {} : { body: content }),
    });
    const received = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && received !== ''; // not NDJSON
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(received) : received };
  };

  return {
    ...server,
    origin,
    demoOrigin: `http://127.0.0.1:${port}`,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    database,
    runtime,
    call,
    async signIn(role, name = role, folder = '') {
      const id = randomUUID();
      await database.prisma.user.create({
        data: { id, name, email: `${id}@example.com`, emailVerified: true, grants: { create: { id, role, folder, createdBy: 'test' } } },
      });
      const token = await createSignInToken(database, id);
      const answer = await call('POST', '/api/auth/sign-in-link', { key: null, body: { token } });
      const cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      return { id, cookie };
    },
    async procedure(cookie, type, path, input) {
      const options = cookie === null ? { key: null } : { cookie };
      const answer =
        type === 'query'
          ? await call('GET', `/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`, options)
          : await call('POST', `/trpc/${path}`, { ...options, ...(input === undefined ? {} : { body: input }) });
      return { status: answer.status, data: answer.body?.result?.data, error: answer.body?.error?.data?.perdure };
    },
    async stop() {
      await server.close();
      await monitor.stop();
      await runtime.stop();
      await database.close();
      await Promise.all([postgres.stop(), redis.stop()]);
      if (unrecorded.size > 0) throw new Error(`These left no entry in the audit log: ${[...unrecorded].join(', ')}.`);
    },
  };
}

export async function until<Value>(read: () => Promise<Value | undefined | false>, what: string, patienceMs = 15_000): Promise<Value> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Waited ${patienceMs} ms in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
