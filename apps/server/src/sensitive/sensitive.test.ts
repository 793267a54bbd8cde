/** I13: what a schema marks as sensitive is in no answer to somebody without the right to it, wherever the workflow has carried it. */
import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routeEntries } from '../http/route-entries.ts';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { procedureEntries, type Target } from '../trpc/procedure-entries.ts';
import { appRouter } from '../trpc/router.ts';
import { masked, SensitiveValues } from './mask-values.ts';

const canary = 'DE89-3704-canary-0044';
const pin = 'canary-pin-7731';

let server: TestServer;
let waits: Target;
let failed: Target;
const cookies = new Map<string, string>();
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
  for (const role of ['viewer', 'operator', 'designer', 'approver', 'admin'] as const)
    cookies.set(role, (await server.signIn(role)).cookie);
  const seeing = await server.signIn('viewer', 'Sees');
  cookies.set('seeing viewer', seeing.cookie);
  await server.database.prisma.roleGrant.updateMany({ where: { userId: seeing.id }, data: { sensitive: true } });
  server.installation.grants.changed(null);
  waits = await run('waits', node('ask', 'humanTask', asking));
  failed = await run('fails', node('ask', 'fail', { code: 'Refused', message: { expr: '"No account " & input.iban' } }));
});
afterAll(() => server.stop());

const node = (id: string, type: string, config: Json): Json => ({ id, type, title: id, parent: null, position: { x: 0, y: 0 }, config });
const asking: Json = {
  title: { expr: '"Pay " & input.iban' },
  context: { expr: '{ "to": input.iban, "steps": steps.copy.output }' },
  formSchema: { type: 'object', properties: { pin: { type: 'string', 'x-sensitive': true } } },
  outcomes: [
    { key: 'done', label: 'Done', tone: 'primary' },
    { key: 'no', label: 'No', tone: 'neutral' },
  ],
};

async function run(key: string, ask: Json): Promise<Target> {
  const inputSchema = { type: 'object', properties: { iban: { type: 'string', 'x-sensitive': true }, order: { type: 'string' } } };
  const edge = (source: string, target: string, sourcePort = 'out'): Json => ({
    id: `${source}-${sourcePort}`,
    source,
    sourcePort,
    target,
  });
  const isTask = (ask as { type: string }).type === 'humanTask';
  const document: Json = {
    formatVersion: 1,
    nodes: [
      node('start', 'start', { inputSchema }),
      node('copy', 'transform', { value: { expr: '{ "note": "Transfer to " & input.iban }' } }),
      ask,
      ...(isTask ? [node('end', 'end', { value: { expr: '{ "paid": input.iban, "with": steps.ask.output }' } })] : []),
    ],
    edges: [edge('start', 'copy'), edge('copy', 'ask'), ...(isTask ? [edge('ask', 'end', 'done'), edge('ask', 'end', 'no')] : [])],
  };
  expect((await server.call('POST', '/api/workflows', { body: { key, title: key, document } })).status).toBe(201);
  const published = await server.call('POST', `/api/workflows/${key}/publish`);
  expect(published.status, JSON.stringify(published.body)).toBe(200);
  const instance = `${key}-1`;
  const started = await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${key}/${instance}`, {
    body: { iban: canary, order: 'A-1' },
  });
  expect(started.status).toBe(202);
  const row = await until(
    async () =>
      (await server.database.prisma.humanTask.findFirst({ where: { instanceId: instance } })) ?? (isTask ? undefined : { id: '' }),
    'the task is there',
  );
  if (!isTask)
    await until(
      async () => (await server.database.prisma.instance.findUnique({ where: { id: instance } }))?.status === 'Failed',
      'it has failed',
    );
  return { workflow: key, instance, task: row.id };
}

/** Every read there is, by every role that may make it, about both instances. */
async function answers(role: string): Promise<{ what: string; text: string }[]> {
  const cookie = cookies.get(role) ?? '';
  const told: { what: string; text: string }[] = [];
  const types = appRouter._def.procedures as unknown as Record<string, { _def: { type: 'query' | 'mutation' | 'subscription' } }>;
  for (const target of [waits, failed]) {
    for (const [path, entry] of Object.entries(procedureEntries)) {
      if (types[path]?._def.type !== 'query') continue;
      const { data } = await server.procedure(cookie, 'query', path, entry.input(target));
      told.push({ what: path, text: JSON.stringify(data ?? null) });
    }
    for (const [name, entry] of Object.entries(routeEntries)) {
      if (!name.startsWith('GET ') || (target === waits && entry.path(target).endsWith('/events'))) continue;
      const { body } = await server.call('GET', entry.path(target), { cookie });
      told.push({ what: name, text: JSON.stringify(body ?? null) });
    }
  }
  return told;
}

describe('I13 a canary in a marked field', () => {
  for (const role of ['viewer', 'operator', 'designer', 'approver']) {
    test(`is in no answer to a ${role}`, async () => {
      for (const { what, text } of await answers(role)) {
        expect(text.includes(canary) || text.includes(pin), what).toBe(false);
      }
    });
  }

  test('is in the answers to an admin, and to a viewer who was given the right', async () => {
    for (const role of ['admin', 'seeing viewer']) {
      const told = (await answers(role)).filter(({ text }) => text.includes(canary)).map(({ what }) => what);
      for (const what of ['instances.get', 'instances.history', 'GET /api/instances/:id/history.ndjson', 'GET /api/instances/:id/events'])
        expect(told, role).toContain(what);
    }
  });

  test('what a person puts into a marked field of a form is masked once it is decided, also for approvers, in what came of it', async () => {
    const decided = await server.procedure(cookies.get('approver') ?? '', 'mutation', 'tasks.decide', {
      id: waits.task,
      outcome: 'done',
      data: { pin },
    });
    expect(decided.error).toBeUndefined();
    await until(
      async () => (await server.database.prisma.instance.findUnique({ where: { id: waits.instance } }))?.status === 'Completed',
      'it has completed',
    );
    const stored = await server.database.prisma.historyEvent.findMany({ where: { instanceId: waits.instance } });
    expect(JSON.stringify(stored)).toContain(pin);
    for (const role of ['viewer', 'designer', 'approver'])
      for (const { what, text } of await answers(role))
        expect(text.includes(canary) || text.includes(pin), `${what} as ${role}`).toBe(false);
  });
});

test('B1 texts are masked wherever they stand; short ones and numbers only under their name', () => {
  const found = new SensitiveValues();
  const marked = { type: 'string', 'x-sensitive': true };
  found.collect(
    {
      type: 'object',
      properties: {
        name: marked,
        age: { type: 'integer', 'x-sensitive': true },
        cards: { type: 'array', items: { type: 'object', properties: { no: marked } } },
      },
    },
    { name: 'Lovelace', age: 36, cards: [{ no: '4711' }, { no: '12' }] },
  );
  expect(found.mask({ name: 'Lovelace', age: 36, seq: 36, text: 'Card 4711 of Lovelace', list: ['12', { no: '12' }] })).toEqual({
    name: masked,
    age: masked,
    seq: 36,
    text: `Card ${masked} of ${masked}`,
    list: ['12', { no: masked }],
  });
});
