/**
 * Every procedure and every route, called as nobody, as every role for all workflows, for the folder of what it is about, and for another
 * folder only. The tables of entries say what each is about.
 */
import { edgeId, type Json, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminKey, grantOfRole, type Identity, permissionsOf } from '../auth/identity.ts';
import { type Access, allPermissions, installationPermissions, rolePermissions, roles } from '../auth/permissions.ts';
import { routeEntries } from '../http/route-entries.ts';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import type { Role } from './contract/people.ts';
import { type ProcedureEntry, procedureEntries, type Target } from './procedure-entries.ts';
import { appRouter } from './router.ts';

/** In every key, id and title of what lies in the folder `finance`: it must not show in an answer to somebody of the folder `people`. */
const marker = 'zzfinance';
const scopes = ['all', 'finance', 'people'] as const;
type Scope = (typeof scopes)[number];

let server: TestServer;
/** By role and scope. */
const callers = new Map<string, { id: string; cookie: string }>();
let shared: Target;
let elsewhere: Target;

beforeAll(async () => {
  server = await startTestServer();
  for (const role of roles)
    for (const scope of scopes)
      callers.set(`${role} ${scope}`, await server.signIn(role, `${role} ${scope}`, scope === 'all' ? '' : scope));
  [shared, elsewhere] = [await target('finance'), await target('people')];
});
afterAll(() => server.stop());

let made = 0;
/** A workflow with an instance that waits for a task which anybody may decide, or only these candidates. */
async function target(folder: string, candidates: string[] = [], withTask = true): Promise<Target> {
  const workflow = `${folder === 'finance' ? marker : folder}-${++made}`;
  const body = { key: workflow, title: workflow, folder, document: documentWith(candidates) as unknown as Json };
  expect((await server.call('POST', '/api/workflows', { body })).status).toBe(201);
  expect((await server.call('POST', `/api/workflows/${workflow}/publish`)).status).toBe(200);
  const instance = `${workflow}-1`;
  await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}/${instance}`, { body: {} });
  if (!withTask) return { workflow, instance, task: '' };
  const row = await until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: instance } })) ?? undefined,
    'the task is there',
  );
  return { workflow, instance, task: row.id };
}

function documentWith(candidates: string[]): WorkflowDocument {
  const node = (id: string, type: string, config: Record<string, Json>) =>
    ({ id: nodeId(id), type, title: id, parent: null, position: { x: 0, y: 0 }, config }) as const;
  return {
    formatVersion: 1,
    nodes: [
      node('start', 'start', {}),
      node('ask', 'humanTask', { title: 'Ask', candidates, outcomes: [{ key: 'done', label: 'Done', tone: 'primary' }] }),
      node('end', 'end', { value: { expr: 'input' } }),
    ],
    edges: [
      { id: edgeId('a'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('ask') },
      { id: edgeId('b'), source: nodeId('ask'), sourcePort: portId('done'), target: nodeId('end') },
    ],
  };
}

interface Procedure {
  _def: { type: 'query' | 'mutation' | 'subscription'; meta?: { access: Access } };
}
// tRPC keeps the procedures by their full path.
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

const may = (role: Role, access: Access) => access === 'signed-in' || access === 'public' || rolePermissions[role].includes(access);

type Verdict = 'let through' | 'forbidden' | 'unknown' | 'within reach';

/** What a role must be answered that is held for all workflows, for the folder of the target, or for another one only. */
function verdict(role: Role, scope: Scope, entry: Pick<ProcedureEntry, 'access' | 'about' | 'also'>): Verdict {
  if (!may(role, entry.access) || (entry.also !== undefined && !may(role, entry.also))) return 'forbidden';
  if (scope === 'all' || entry.about === 'self' || entry.about === 'nothing') return 'let through';
  if (installationPermissions.some((permission) => permission === entry.access) || entry.about === 'installation') return 'forbidden';
  if (entry.about === 'many') return scope === 'people' ? 'within reach' : 'let through';
  return scope === 'people' ? 'unknown' : 'let through';
}

interface Told {
  status: number;
  code: string | undefined;
  text: string;
}

function check(expected: Verdict, told: Told, about: ProcedureEntry['about'], who: string, unknown?: [number, string]): void {
  switch (expected) {
    case 'forbidden':
      expect([told.status, told.code], who).toEqual([403, 'auth.forbidden']);
      break;
    case 'unknown':
      expect([told.status, told.code], who).toEqual(unknown ?? [404, `${about}.unknown`]);
      break;
    case 'within reach':
      expect(told.code, who).toBeUndefined();
      expect(told.text, who).not.toContain(marker);
      break;
    case 'let through':
      expect(String(told.code), who).not.toMatch(new RegExp(`^auth\\.|^${about}\\.unknown$`));
      expect(told.status, who).toBeLessThan(500);
  }
}

async function callProcedure(path: string, type: Procedure['_def']['type'], who: string, input: Json | undefined): Promise<Told> {
  if (type === 'subscription') return subscribe(path, who, input);
  const answer = await server.procedure(callers.get(who)?.cookie ?? '', type, path, input);
  return { status: answer.status, code: answer.error?.code, text: JSON.stringify(answer.data ?? null) };
}

/** The first it is told, without a socket: sockets are in live.test.ts. */
async function subscribe(path: string, who: string, input: Json | undefined): Promise<Told> {
  const caller = callers.get(who);
  const held = caller === undefined ? null : await server.installation.grants.load(caller.id);
  const identity: Identity | null =
    caller === undefined || held === null
      ? null
      : { kind: 'user', id: caller.id, name: who, email: `${caller.id}@example.com`, sessionId: 'none', ...held };
  const stop = new AbortController();
  const context = { identity, installation: server.installation, requestId: 'test', address: '', drained: () => Promise.resolve() };
  // Called by its path, as tRPC does itself; the caller is typed by names only.
  const ask = path.split('.').reduce<Loose>((at, name) => at[name], appRouter.createCaller(context, { signal: stop.signal }));
  try {
    const told = await ask(input);
    const first = path === 'feed.watch' ? null : await told[Symbol.asyncIterator]().next();
    return { status: 200, code: undefined, text: JSON.stringify(first) };
  } catch (thrown) {
    const { code, status } = (thrown as { cause: { code: string; status: number } }).cause; // a RequestError is what the error came from
    return { status, code, text: '' };
  } finally {
    stop.abort();
  }
}

test('S1 every procedure and route has an entry that names its access, and no entry is left over', () => {
  expect(procedures.map(([path]) => path).sort()).toEqual(Object.keys(procedureEntries).sort());
  for (const [path, { _def }] of procedures) expect(_def.meta?.access, path).toBe(procedureEntries[path]?.access);
  const protectedRoutes = server.declared.filter(({ access }) => access !== 'public');
  expect(protectedRoutes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(routeEntries).sort());
  for (const { method, url, access } of protectedRoutes) expect(access, url).toBe(routeEntries[`${method} ${url}`]?.access);
});

describe('S2 procedures', () => {
  for (const [path, { _def }] of procedures) {
    const entry = procedureEntries[path];
    if (!entry) continue; // S1 fails
    test(`S2 ${path}`, async () => {
      const nobody = await callProcedure(path, _def.type, 'nobody', entry.input(shared));
      expect([nobody.status, nobody.code], 'nobody').toEqual([401, 'auth.required']);
      for (const role of roles) {
        for (const scope of scopes) {
          const who = `${role} ${scope}`;
          const expected = verdict(role, scope, entry);
          const fresh = expected === 'let through' && entry.spends;
          const about = fresh ? await target('finance', [], entry.about === 'task') : shared;
          check(expected, await callProcedure(path, _def.type, who, entry.input(about)), entry.about, who);
        }
      }
    });
  }
});

describe('S3 routes', () => {
  for (const [name, entry] of Object.entries(routeEntries)) {
    test(`S3 ${name}`, async () => {
      const [method = ''] = name.split(' ');
      const ask = async (options: object, about: Target): Promise<Told> => {
        // A stream is told from its first words.
        if (entry.path(about).endsWith('/events')) return openStream(entry.path(about), options);
        const answer = await server.call(method, entry.path(about), {
          ...(entry.body === undefined ? {} : { body: entry.body }),
          ...options,
        });
        return { status: answer.status, code: answer.body?.error?.code, text: JSON.stringify(answer.body) };
      };
      const nobody = await ask({ key: null }, shared);
      expect([nobody.status, nobody.code], 'nobody').toEqual([401, 'auth.required']);
      const wrong = await ask({ key: 'a-wrong-key-of-enough-letters', headers: { 'x-forwarded-for': '10.0.0.1' } }, shared);
      expect([401, 429], 'a wrong key').toContain(wrong.status);
      for (const role of roles) {
        for (const scope of scopes) {
          const who = `${role} ${scope}`;
          const expected = verdict(role, scope, entry);
          if (entry.endsSession && expected !== 'forbidden') continue;
          const about = expected === 'let through' && entry.spends ? await target('finance', [], entry.about === 'task') : shared;
          check(expected, await ask({ cookie: callers.get(who)?.cookie ?? '' }, about), entry.about, who, entry.unknown);
        }
      }
    });
  }
});

async function openStream(path: string, options: { cookie?: string; key?: string | null }): Promise<Told> {
  const stop = new AbortController();
  const headers: Record<string, string> = {};
  if (options.cookie !== undefined) headers['cookie'] = options.cookie;
  if (typeof options.key === 'string') headers['x-functions-key'] = options.key;
  const response = await fetch(server.origin.replace('localhost', '127.0.0.1') + path, { headers, signal: stop.signal });
  if (response.status === 200) {
    stop.abort();
    return { status: 200, code: undefined, text: '' };
  }
  const body: Loose = await response.json();
  return { status: response.status, code: body.error?.code, text: '' };
}

test('S4 only what must be is public', () => {
  const open = server.declared.filter(({ access }) => access === 'public').map(({ method, url }) => `${method} ${url}`);
  expect(open.sort()).toEqual([
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'POST /api/auth/accept-invitation',
    'POST /api/auth/forgotten-password',
    'POST /api/auth/invitation',
    'POST /api/auth/reset-password',
    'POST /api/auth/sign-in',
    'POST /api/auth/sign-in-link',
    'POST /demo-services/:service',
  ]);
});

test('S5 the roles are those of the contract, and the key may everything; a role for a folder never brings what is about the installation', () => {
  expect(roles.sort()).toEqual(['admin', 'approver', 'designer', 'operator', 'viewer']);
  expect(permissionsOf(adminKey)).toEqual(allPermissions);
  expect(rolePermissions.approver).not.toContain('instance.read');
  for (const permission of installationPermissions) expect(grantOfRole('admin', 'finance', true).permissions).not.toContain(permission);
});

test('S6 with the ids of somebody else: a task they are no candidate of does not exist for them', async () => {
  const theirs = await target('finance', ['somebody@example.org']);
  for (const [path, { _def }] of procedures) {
    const entry = procedureEntries[path];
    if (entry?.about !== 'task' || entry.access === 'task.assign') continue; // whoever may assign sees every task
    for (const scope of ['all', 'finance'] as const) {
      const told = await callProcedure(path, _def.type, `approver ${scope}`, entry.input(theirs));
      expect([told.status, told.code], `${path} as approver ${scope}`).toEqual([404, 'task.unknown']);
    }
  }
});

test('S7 what is in a folder is found by whoever holds the role there, and no row of another folder is', async () => {
  for (const [path, type, input] of [
    ['workflows.list', 'query', {}],
    ['instances.list', 'query', {}],
    ['tasks.list', 'query', { view: 'all' }],
  ] as const) {
    const role = path === 'tasks.list' ? 'approver' : 'viewer';
    const inFinance = await callProcedure(path, type, `${role} finance`, input);
    expect(inFinance.text, path).toContain(marker);
    expect(inFinance.text, path).not.toContain(elsewhere.workflow);
    expect((await callProcedure(path, type, `${role} people`, input)).text, path).toContain(elsewhere.workflow);
  }
  // The counts beside a list are of the same rows.
  const cookie = callers.get('viewer people')?.cookie ?? '';
  const { data } = await server.procedure(cookie, 'query', 'instances.list', {});
  expect((await server.procedure(cookie, 'query', 'instances.count', {})).data).toEqual({ value: data.rows.length, exact: true });
});

test('S8 a role holds in the folders below, and moving a workflow needs the right at both ends', async () => {
  const { cookie } = await server.signIn('designer', 'Dee', 'finance');
  const ask = (input: Json) => server.procedure(cookie, 'mutation', 'workflows.rename', input);
  const moved = await target('finance', [], false);
  expect((await ask({ key: moved.workflow, title: 'Below', folder: 'finance/invoices' })).status).toBe(200);
  const found = await server.procedure(cookie, 'query', 'workflows.get', { key: moved.workflow });
  expect(found.data).toMatchObject({ title: 'Below', folder: 'finance/invoices' });
  for (const folder of ['', 'people', 'financeering'])
    expect((await ask({ key: moved.workflow, title: 'Away', folder })).error?.code).toBe('auth.forbidden');
  expect((await server.call('GET', '/api/workflows')).body.find((row: Loose) => row.key === moved.workflow)).toMatchObject({
    title: 'Below',
  });
  expect((await server.procedure(cookie, 'mutation', 'workflows.create', { title: 'Mine' })).status).toBe(200);
  expect((await server.procedure(cookie, 'query', 'workflows.get', { key: 'mine' })).data.folder).toBe('finance');
});

test('S9 somebody who starts under the id of an instance beyond their reach does not replace it', async () => {
  const { cookie } = await server.signIn('operator', 'Ona', 'people');
  const path = `/runtime/webhooks/durabletask/orchestrators/${elsewhere.workflow}/${shared.instance}`;
  const answer = await server.call('POST', path, { cookie, body: {} });
  expect([answer.status, answer.body.error.code]).toEqual([409, 'instance.exists']);
});

test('S10 a workflow of another folder cannot be run by way of a sub-workflow; one that an expression names could be any', async () => {
  const { cookie } = await server.signIn('designer', 'Sub', 'people');
  const document = (workflow: Json): Json => {
    const { nodes, ...rest } = documentWith([]);
    const sub = { id: 'ask', type: 'subWorkflow', title: 'Sub', parent: null, position: { x: 0, y: 0 }, config: { workflow } };
    const edges = rest.edges.map((edge) => ({ ...edge, sourcePort: 'out' }));
    return { ...rest, edges, nodes: [nodes[0], sub, nodes[2]] } as unknown as Json; // plain JSON
  };
  const publish = async (key: string, workflow: Json) => {
    const made = await server.procedure(cookie, 'mutation', 'workflows.create', { title: key, key, document: document(workflow) });
    expect(made.status).toBe(200);
    const input = { key, draftRevision: 1 };
    const published = await server.procedure(cookie, 'mutation', 'workflows.publish', input);
    return [
      published.data?.ok ?? published.error.code,
      (await server.procedure(cookie, 'mutation', 'workflows.runDraft', input)).error?.code,
    ];
  };
  expect(await publish('calls-finance', shared.workflow)).toEqual(['workflow.unknown', 'workflow.unknown']);
  expect(await publish('calls-any', { expr: 'input.workflow' })).toEqual(['auth.forbidden', 'auth.forbidden']);
  // Their own they may read but, as designers of that folder, also start.
  expect(await publish('calls-own', elsewhere.workflow)).toEqual([true, undefined]);
});
