/**
 * I13: what a schema marks as sensitive is in no answer to somebody without the right to it, wherever the workflow has carried it: in answers
 * of queries, mutations and routes, also refusals; in what is told live; in mails and webhooks; in the log.
 */
import { once } from 'node:events';
import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { rolePermissions } from '../auth/permissions.ts';
import { routeEntries } from '../http/route-entries.ts';
import { tellOfTasks } from '../tasks/task-notices.ts';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import type { Permission } from '../trpc/contract/people.ts';
import { type ProcedureEntry, procedureEntries, type Target } from '../trpc/procedure-entries.ts';
import { appRouter } from '../trpc/router.ts';
import { masked } from './marked-texts.ts';
import { SensitiveValues } from './mask-values.ts';

/** With quotes and umlauts, as JSON, addresses and base64 write differently. */
const canary = 'DE89 "quokka" für 0044';
const pin = 'quokka-pin-7731';
const account = 88_310_427;
const traces = ['quokka', 'für 0044', 'f%C3%BCr', Buffer.from(canary).toString('base64').slice(0, 16), String(account)];

let server: TestServer;
/** An instance that waits for a person, one that has failed, and a sub-workflow of one, whose own schema marks nothing. */
let waits: Target;
let failed: Target;
let child: Target;
/** One that a marked workflow started without waiting for it, and the sub-workflow started again beside itself. */
let detached: Target;
let again: Target;
const cookies = new Map<string, string>();
const logged: string[] = [];
const types = appRouter._def.procedures as unknown as Record<string, { _def: { type: 'query' | 'mutation' | 'subscription' } }>;

beforeAll(async () => {
  server = await startTestServer({
    embedded: false,
    mail: { url: 'smtp://127.0.0.1:9', from: 'Perdure <perdure@example.com>' },
    allowedPlaces: [{ origin: 'http://127.0.0.1:9', pathPrefix: '/' }],
    onLog: (line) => logged.push(line),
  });
  for (const role of ['viewer', 'operator', 'designer', 'approver', 'admin'] as const)
    cookies.set(role, (await server.signIn(role)).cookie);
  const seeing = await server.signIn('viewer', 'Sees');
  cookies.set('seeing viewer', seeing.cookie);
  await server.database.prisma.roleGrant.updateMany({ where: { userId: seeing.id }, data: { sensitive: true } });
  server.installation.grants.changed(null);
  await publish('waits', [node('ask', 'humanTask', asking)], inputSchema);
  await publish('fails', [node('ask', 'fail', { code: 'Refused', message: { expr: '"No account " & input.iban' } })], inputSchema);
  await publish('below', [node('ask', 'humanTask', asking)], null);
  const input = { iban: { expr: 'input.iban' }, order: 'A-2' };
  await publish('above', [node('ask', 'subWorkflow', { workflow: 'below', input })], inputSchema);
  waits = { workflow: 'waits', instance: 'waits-1', task: await taskOf(await start('waits', 'waits-1')) };
  failed = { workflow: 'fails', instance: await start('fails', 'fails-1'), task: '' };
  await until(
    async () => (await server.database.prisma.instance.findUnique({ where: { id: 'fails-1' } }))?.status === 'Failed',
    'it has failed',
  );
  const parent = await start('above', 'above-1');
  const below = await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { parentInstanceId: parent } }))?.id,
    'the sub-workflow is there',
  );
  child = { workflow: 'below', instance: below, task: await taskOf(below) };
  await publish('leaves', [node('ask', 'subWorkflow', { workflow: 'below', input, wait: false })], inputSchema);
  const leaver = await start('leaves', 'leaves-1');
  const left = await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { id: { startsWith: `${leaver}:` } } }))?.id,
    'the one that is not waited for is there',
  );
  detached = { workflow: 'below', instance: left, task: await taskOf(left) };
  const restarted = await server.procedure(cookies.get('admin') ?? '', 'mutation', 'instances.restart', {
    id: below,
    version: 'same',
    reason: 'test',
  });
  if (restarted.error) throw new Error(JSON.stringify(restarted.error));
  const beside = restarted.data.id as string;
  again = { workflow: 'below', instance: beside, task: await taskOf(beside) };
}, 60_000);
afterAll(() => server.stop());

const node = (id: string, type: string, config: Json): Json => ({ id, type, title: id, parent: null, position: { x: 0, y: 0 }, config });
const inputSchema: Json = {
  type: 'object',
  properties: { iban: { $ref: '#/$defs/iban' }, account: { type: 'integer', 'x-sensitive': true }, order: { type: 'string' } },
  $defs: { iban: { type: 'string', 'x-sensitive': true } },
};
const asking: Json = {
  title: { expr: '"Pay " & input.iban' },
  context: { expr: '{ "to": input.iban, "steps": steps.copy.output }' },
  candidates: ['approver'],
  webhook: 'http://127.0.0.1:9/tasks',
  formSchema: { type: 'object', properties: { pin: { type: 'string', 'x-sensitive': true } } },
  outcomes: [
    { key: 'done', label: 'Done', tone: 'primary' },
    { key: 'no', label: 'No', tone: 'neutral' },
  ],
};
/** What an expression may do to a value that can be undone by who reads it. */
const copies =
  '{ "note": "Transfer to " & input.iban, "upper": $uppercase(input.iban), "url": $encodeUrlComponent(input.iban), "json": $string({ "x": input.iban }),' +
  ' "account": input.account, "words": "Account " & $string(input.account), "coded": $base64encode(input.iban), "by": { input.iban: 1 } }';

async function publish(key: string, [ask]: [Json], schema: Json): Promise<void> {
  const edge = (source: string, target: string, sourcePort = 'out'): Json => ({
    id: `${source}-${sourcePort}`,
    source,
    sourcePort,
    target,
  });
  const { type } = ask as { type: string };
  const ends = type === 'humanTask' ? ['done', 'no'] : type === 'subWorkflow' ? ['out'] : [];
  const document: Json = {
    formatVersion: 1,
    nodes: [
      node('start', 'start', schema === null ? {} : { inputSchema: schema }),
      node('copy', 'transform', { value: { expr: copies } }),
      ask,
      ...(ends.length > 0 ? [node('end', 'end', { value: { expr: '{ "paid": input.iban, "with": steps.ask.output }' } })] : []),
    ],
    edges: [edge('start', 'copy'), edge('copy', 'ask'), ...ends.map((port) => edge('ask', 'end', port))],
  };
  expect((await server.call('POST', '/api/workflows', { body: { key, title: key, document } })).status).toBe(201);
  const published = await server.call('POST', `/api/workflows/${key}/publish`);
  expect(published.status, JSON.stringify(published.body)).toBe(200);
}

async function start(key: string, id: string): Promise<string> {
  const body = { iban: canary, account, order: 'A-1' };
  expect((await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${key}/${id}`, { body })).status).toBe(202);
  return id;
}

const taskOf = (instanceId: string): Promise<string> =>
  until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId } }))?.id,
    `the task of ${instanceId} is there`,
  );

interface Told {
  what: string;
  text: string;
}

/** Every read there is, by every role that may make it, about all of the instances. */
async function answers(role: string): Promise<Told[]> {
  const cookie = cookies.get(role) ?? '';
  const told: Told[] = [];
  for (const target of [waits, failed, child, detached, again]) {
    for (const [path, entry] of Object.entries(procedureEntries)) {
      if (types[path]?._def.type !== 'query') continue;
      const { data, error } = await server.procedure(cookie, 'query', path, entry.input(target));
      told.push({ what: path, text: JSON.stringify([data ?? null, error ?? null]) });
    }
    for (const [name, entry] of Object.entries(routeEntries)) {
      // A stream of one that goes on does not end.
      if (!name.startsWith('GET ') || (target !== failed && entry.path(target).endsWith('/events'))) continue;
      const { body } = await server.call('GET', entry.path(target), { cookie });
      told.push({ what: name, text: JSON.stringify(body ?? null) });
    }
  }
  return told;
}

function expectNoTrace(told: readonly Told[]): void {
  for (const { what, text } of told)
    for (const trace of traces) {
      const at = text.toLowerCase().indexOf(trace.toLowerCase());
      expect(at === -1 ? null : text.slice(Math.max(0, at - 60), at + 40), `${what}: ${trace}`).toBeNull();
    }
}

/** Who may do it without the right to what is sensitive. */
function roleFor({ access, also }: Pick<ProcedureEntry, 'access' | 'also'>): string | undefined {
  const may = (role: keyof typeof rolePermissions, asked: string): boolean =>
    asked === 'signed-in' || rolePermissions[role].includes(asked as Permission); // what entries name besides are permissions
  return (['operator', 'designer', 'approver'] as const).find((role) => may(role, access) && (also === undefined || may(role, also)));
}

describe('I13 a canary in a marked field', () => {
  for (const role of ['viewer', 'operator', 'designer', 'approver'])
    test(`is in no answer to a ${role}`, { timeout: 60_000 }, async () => {
      const told = await answers(role);
      expect(told.length).toBeGreaterThan(0);
      expectNoTrace(told);
    });

  test('is in the answers to an admin, and to a viewer who was given the right', { timeout: 60_000 }, async () => {
    for (const role of ['admin', 'seeing viewer']) {
      const told = (await answers(role)).filter(({ text }) => text.includes('quokka')).map(({ what }) => what);
      for (const what of ['instances.get', 'instances.history', 'GET /api/instances/:id/history.ndjson', 'GET /api/instances/:id/events'])
        expect(told, role).toContain(what);
    }
  });

  test('is not confirmed by a search', { timeout: 60_000 }, async () => {
    // The read models of the list are written a moment later.
    const asAdmin = cookies.get('admin') ?? '';
    const found = async (cookie: string, filter: Record<string, Json>): Promise<string[]> => {
      const { data } = await server.procedure(cookie, 'query', 'instances.list', filter);
      const counted = await server.procedure(cookie, 'query', 'instances.count', filter);
      expect(counted.data).toEqual({ value: data.rows.length, exact: true });
      return (data.rows as { id: string }[]).map(({ id }) => id).sort();
    };
    await until(async () => (await found(asAdmin, { text: 'account DE89' })).length > 0, 'its words are found by an admin');
    expect(await found(asAdmin, { text: 'QUOKKA' })).toContain('fails-1');
    for (const role of ['viewer', 'operator', 'designer']) {
      const cookie = cookies.get(role) ?? '';
      for (const text of ['quokka', 'account DE89', canary, '88310427', 'für 0044'])
        expect(await found(cookie, { text }), text).toEqual([]);
      // What is shown is found.
      expect(await found(cookie, { text: 'no ACCOUNT' })).toEqual(['fails-1']);
      expect(await found(cookie, { text: 'no account', workflowKeys: ['fails'] })).toEqual(['fails-1']);
      expect(await found(cookie, { text: 'no account', workflowKeys: ['fails', 'other'], statuses: ['Failed'] })).toEqual(['fails-1']);
      expect(await found(cookie, { errorCode: 'Refused' })).toEqual(['fails-1']);
      expect(await found(cookie, { text: 'fails-1' })).toEqual(['fails-1']);
    }
    const bulk = (text: string) => ({ request: { action: 'retry' }, filter: { text } });
    const reached = async (text: string): Promise<number> =>
      (await server.procedure(cookies.get('operator') ?? '', 'query', 'bulk.preview', bulk(text))).data.eligible;
    expect(await reached('quokka')).toBe(0);
    expect(await reached('no account')).toBe(1);

    const incidents = async (cookie: string, text: string): Promise<string[]> =>
      (await server.procedure(cookie, 'query', 'incidents.list', { text })).data.rows.map(
        (row: { workflowKey: string }) => row.workflowKey,
      );
    await until(async () => (await incidents(asAdmin, 'quokka')).length > 0, 'its incident is found by an admin');
    expect(await incidents(cookies.get('viewer') ?? '', 'quokka')).toEqual([]);
    expect(await incidents(cookies.get('viewer') ?? '', 'refused')).toEqual(['fails']);

    const tasks = async (cookie: string, text: string): Promise<string[]> => {
      const { data } = await server.procedure(cookie, 'query', 'tasks.list', { view: 'all', text });
      return (data.rows as { id: string }[]).map(({ id }) => id).sort();
    };
    const all = [waits, child, detached, again].map(({ task }) => task);
    expect(await tasks(asAdmin, 'quokka')).toEqual(expect.arrayContaining(all));
    for (const text of ['quokka', 'pay quokka', 'DE89', '88310427'])
      expect(await tasks(cookies.get('approver') ?? '', text), text).toEqual([]);
    expect(await tasks(cookies.get('approver') ?? '', 'pay')).toEqual(expect.arrayContaining(all));
    expect(await tasks(cookies.get('approver') ?? '', 'transfer pay')).toEqual(expect.arrayContaining(all));
  });

  test('is in nothing that is told live', async () => {
    const subscriptions = Object.entries(types).flatMap(([path, { _def }]) => (_def.type === 'subscription' ? [path] : []));
    // The feed says only that something has changed, presence only who looks at which step.
    expect(subscriptions.sort()).toEqual(['feed.watch', 'instances.watch', 'workflows.presence']);
    const cookie = cookies.get('viewer') ?? '';
    const socket = new WebSocket(`${server.origin.replace('http', 'ws').replace('localhost', '127.0.0.1')}/trpc`, {
      headers: { cookie, origin: server.origin },
    });
    await once(socket, 'open');
    const told: Told[] = [];
    for (const [id, { instance }] of [waits, failed, child].entries()) {
      let seen = 0;
      const { seq } = await server.database.prisma.instance.findUniqueOrThrow({ where: { id: instance } });
      socket.on('message', (data) => {
        const text = String(data);
        told.push({ what: instance, text });
        const message = JSON.parse(text) as { id: number; result?: { data?: { data?: { seq: number } } } };
        if (message.id === id) seen = message.result?.data?.data?.seq ?? seen;
      });
      socket.send(JSON.stringify({ id, method: 'subscription', params: { path: 'instances.watch', input: { id: instance } } }));
      await until(async () => seen >= seq, `${instance} is told`);
      socket.removeAllListeners('message');
    }
    socket.close();
    expectNoTrace(told);
  });

  test('is in no answer of a mutation or a route that changes something, and in no refusal', { timeout: 180_000 }, async () => {
    let made = 0;
    const calls: { what: string; role: string; target: Promise<Target>; send: (target: Target, cookie: string) => Promise<unknown> }[] = [];
    const add = (
      what: string,
      entry: Pick<ProcedureEntry, 'access' | 'about' | 'also' | 'spends'>,
      send: (typeof calls)[number]['send'],
    ) => {
      const role = roleFor(entry);
      if (role === undefined) return;
      const id = `waits-x${++made}`;
      const own = async (): Promise<Target> => ({ workflow: 'waits', instance: id, task: await taskOf(await start('waits', id)) });
      const isOwn = ['instance', 'task', 'many'].includes(entry.about);
      calls.push({ what, role, target: isOwn ? own() : Promise.resolve(waits), send });
    };
    for (const [path, entry] of Object.entries(procedureEntries)) {
      // What is about workflows changes the one that the others are instances of.
      if (types[path]?._def.type !== 'mutation' || (entry.about === 'workflow' && entry.spends)) continue;
      add(path, entry, (target, cookie) => server.procedure(cookie, 'mutation', path, entry.input(target)));
    }
    for (const [name, entry] of Object.entries(routeEntries)) {
      const [method = ''] = name.split(' ', 1);
      if (method === 'GET' || entry.endsSession || (entry.about === 'workflow' && method !== 'POST')) continue;
      add(name, entry, async (target, cookie) => {
        const { status, body } = await server.call(method, entry.path(target), {
          cookie,
          ...(entry.body === undefined ? {} : { body: entry.body }),
        });
        return { status, body };
      });
    }
    expect(calls.length).toBeGreaterThan(30);
    const told: Told[] = [];
    for (const { what, role, target, send } of calls) {
      const answer = await send(await target, cookies.get(role) ?? '');
      told.push({ what: `${what} as ${role}`, text: JSON.stringify(answer) });
    }
    expectNoTrace(told);
  });

  test('is in no mail and no webhook', async () => {
    const admin = await server.signIn('admin', 'Ada');
    const approver = await server.signIn('approver', 'Marta');
    await server.procedure(admin.cookie, 'mutation', 'tasks.assign', { id: child.task, to: approver.id, note: `Mind ${canary}` });
    while ((await tellOfTasks(server.installation)) > 0);
    const notices = await server.database.prisma.notice.findMany({ where: { kind: { startsWith: 'task.' } } });
    for (const channel of ['email', 'webhook'])
      expect(
        notices.filter((notice) => notice.channel === channel && (notice.text ?? notice.body) !== null).length,
        channel,
      ).toBeGreaterThan(0);
    expectNoTrace(notices.map(({ kind, ...notice }) => ({ what: kind, text: JSON.stringify(notice) })));
  });

  test(
    'what a person puts into a marked field of a form is masked once it is decided, also for approvers, in what came of it',
    { timeout: 120_000 },
    async () => {
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
      for (const role of ['viewer', 'designer', 'approver']) expectNoTrace(await answers(role));
    },
  );

  test('stays masked in a draft without the mark that takes up its data, and in a version without it that it moves to', async () => {
    const admin = cookies.get('admin') ?? '';
    const { draft, draftRevision } = await server.database.prisma.workflow.findUniqueOrThrow({ where: { key: 'waits' } });
    const unmarked = JSON.parse(JSON.stringify(draft).replaceAll('"x-sensitive":true', '"title":"x"')) as Json;
    const saved = await server.procedure(admin, 'mutation', 'workflows.saveDraft', {
      key: 'waits',
      baseRevision: draftRevision,
      document: unmarked,
    });
    expect(saved.error).toBeUndefined();
    const revision = saved.data.draftRevision as number;
    const ran = await server.procedure(cookies.get('designer') ?? '', 'mutation', 'workflows.runDraft', {
      key: 'waits',
      draftRevision: revision,
      from: { node: 'copy', only: false, run: 'waits-1' },
    });
    expect(ran.data).toMatchObject({ ok: true });
    const tried: Target = { workflow: 'waits', instance: ran.data.id, task: await taskOf(ran.data.id) };
    const moved: Target = { workflow: 'waits', instance: await start('waits', 'waits-moved'), task: await taskOf('waits-moved') };
    expect((await server.call('POST', '/api/workflows/waits/publish')).status).toBe(200);
    const { latestVersion: version } = await server.database.prisma.workflow.findUniqueOrThrow({ where: { key: 'waits' } });
    const migrated = await server.procedure(admin, 'mutation', 'instances.migrate', { id: moved.instance, version, reason: 'test' });
    expect(migrated.error).toBeUndefined();
    for (const target of [tried, moved])
      for (const path of ['instances.get', 'instances.history', 'instances.list', 'workflows.pastRun']) {
        const input = procedureEntries[path]?.input(target);
        const { data, error } = await server.procedure(cookies.get('designer') ?? '', 'query', path, input);
        expectNoTrace([{ what: `${path} of ${target.instance}`, text: JSON.stringify([data ?? null, error ?? null]) }]);
      }
  });

  test('is not in the log of the server', () => {
    expect(logged.length).toBeGreaterThan(0);
    expectNoTrace(logged.map((text) => ({ what: 'log', text })));
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

test('B1 marks are found through references, alternatives, items and other names', () => {
  const found = new SensitiveValues();
  const secret = { type: 'string', 'x-sensitive': true };
  found.collect(
    {
      $ref: '#/$defs/person',
      $defs: {
        person: { properties: { mail: { anyOf: [{ type: 'null' }, secret] }, tags: { items: secret } }, additionalProperties: secret },
      },
    },
    { mail: 'ada@home', tags: ['tag-one'], other: 'surplus' },
  );
  expect(found.mask(['ada@home', 'tag-one', 'surplus', 'else'])).toEqual([masked, masked, masked, 'else']);
});

test('B1 what is written as JSON, in an address, in base64, in capitals or as a name is masked, too', () => {
  const found = new SensitiveValues();
  const text = 'A "b" & ç';
  found.collect({ properties: { t: { 'x-sensitive': true }, n: { 'x-sensitive': true } } }, { t: text, n: 7_654_321 });
  const forms = [text, JSON.stringify({ text }), encodeURIComponent(text), Buffer.from(text).toString('base64'), text.toUpperCase()];
  for (const form of forms) expect(found.mask(`<${form}>`), form).toContain(masked);
  expect(found.mask(JSON.stringify({ text }))).toBe(`{"text":"${masked}"}`);
  expect(found.mask({ [text]: 7_654_321, other: 'No. 7654321' })).toEqual({ [masked]: masked, other: `No. ${masked}` });
});

test('B2 what is left of it where a text was cut is masked, too, in previews as well', () => {
  const found = new SensitiveValues();
  found.collect({ properties: { t: { 'x-sensitive': true } } }, { t: 'Lovelace, Ada' });
  expect(found.mask('Paid to Lovelac…')).toBe(`Paid to ${masked}…`);
  expect(found.mask('Paid to Lovelac … [cut: 900 characters]')).toBe(`Paid to ${masked} … [cut: 900 characters]`);
  const preview = `${'x'.repeat(200)}Lovel`;
  expect(found.mask({ $payload: 'hash', $preview: preview, bytes: 9 })).toEqual({
    $payload: 'hash',
    $preview: `${'x'.repeat(200)}${masked}`,
    bytes: 9,
  });
  expect(found.mask('Love')).toBe('Love');
});

test('B1 a list of many is masked as well as one: nothing is compiled of all of them', () => {
  const found = new SensitiveValues();
  const names = Array.from({ length: 20_000 }, (_, i) => `Customer number ${i} of ${(i * 7_919).toString(36)}, Allee ${i}`);
  found.collect({ properties: { names: { items: { 'x-sensitive': true } } } }, { names });
  const told = (name: string): string => `Paid to ${name} on a day in spring`;
  expect(names.map((name) => found.mask(told(name))).filter((text) => text !== told(masked))).toEqual([]);
  expect(found.mask(told(names[19_999]?.toUpperCase() ?? ''))).toBe(told(masked));
  expect(found.mask(`${'x'.repeat(200)}${names[19_999]?.slice(0, 30)}`)).toBe(`${'x'.repeat(200)}${masked}`);
  expect(found.mask(told('Customer'))).toBe(told('Customer'));
});

test('B1 of two that begin alike the longer one is masked, in any case and with letters of any length', () => {
  const found = new SensitiveValues();
  found.collect(
    { properties: { t: { items: { 'x-sensitive': true } } } },
    { t: ['Ada Lovelace', 'Ada Lovelace Byron', 'İstanbul 34', 'ΛΌΓΟΣ και'] },
  );
  expect(found.mask('ADA LOVELACE BYRON, ada lovelace byro')).toBe(`${masked}, ${masked} byro`);
  expect(found.mask('aus İSTANBUL 34, λόγοσ ΚΑΙ')).toBe(`aus ${masked}, ${masked}`);
});
