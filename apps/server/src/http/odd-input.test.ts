import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';
import { appRouter } from '../trpc/router.ts';

let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('admin'));
});
afterAll(() => server.stop());

/** mulberry32: the same seed gives the same inputs. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const odd: Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  '%',
  "'; --",
  'welcome-order',
  'order-approval',
  '2026-01-01T00:00:00Z',
  [],
  {},
  'x'.repeat(3_000),
];
const names = [
  'id',
  'key',
  'workflowKey',
  'version',
  'input',
  'data',
  'document',
  'text',
  'cursor',
  'limit',
  'view',
  'outcome',
  'reason',
  'recursive',
  'name',
  'title',
  'baseRevision',
  'draftRevision',
  'source',
  'hash',
  'statuses',
  'tags',
  'instanceId',
  'afterSeq',
  'token',
];

function value(next: () => number, depth = 0): Json {
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(next() * list.length)] as Value; // the index is inside
  if (depth === 0 || (next() < 0.2 && depth < 4)) {
    if (depth > 0 && next() < 0.3) return Array.from({ length: Math.floor(next() * 4) }, () => value(next, depth + 1));
    return Object.fromEntries(Array.from({ length: Math.floor(next() * 6) }, () => [pick(names), value(next, depth + 1)]));
  }
  return pick(odd);
}

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: 'query' | 'mutation' | 'subscription' } }>,
);

test('no input makes the server fail: procedures', async () => {
  const next = random(20_261_121);
  for (let round = 0; round < 12; round++) {
    for (const [path, { _def }] of procedures) {
      if (_def.type === 'subscription') continue;
      const input = value(next);
      const answer = await server.procedure(cookie, _def.type, path, input);
      expect(answer.status, `${path} ${JSON.stringify(input)}`).toBeLessThan(500);
    }
  }
}, 60_000);

test('no input makes the server fail: routes', async () => {
  const next = random(4_680);
  const part = () => encodeURIComponent(String(odd[Math.floor(next() * odd.length)]).toWellFormed()) || '%20';
  for (let round = 0; round < 12; round++) {
    for (const { method, url, access } of server.declared) {
      if (access === 'public' || access === 'signed-in' || url.endsWith('/events')) continue; // a stream of a live instance does not end
      const path = `${url.replaceAll(/:[A-Za-z]+/g, () => part())}${next() < 0.5 ? `?${part()}=${part()}&reason=${part()}&runtimeStatus=${part()}&createdTimeFrom=${part()}` : ''}`;
      const answer = await server.call(method, path, method === 'GET' || method === 'DELETE' ? {} : { body: value(next) });
      expect(answer.status, `${method} ${path}`).toBeLessThan(500);
    }
  }
}, 60_000);

test('a workflow name that no database can hold is an unknown workflow', async () => {
  const answer = await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/a%00b', { body: {} });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'workflow.unknown' } } });
});
