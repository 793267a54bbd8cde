/** The guide believes histories and starts of the installation, and nobody's word. */
import { noteGuideRestart } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSignInToken } from '../auth/sign-in-link.ts';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import type { Guide, GuideStep } from '../trpc/contract/guide.ts';
import type { AppRouter } from '../trpc/router-type.ts';
import { guideWorkflow } from './guide-workflow.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await until(async () => (await openTask('welcome-order')) ?? undefined, 'the sample waits');
});
afterAll(() => server.stop());

const openTask = (instanceId: string) => server.database.prisma.humanTask.findFirst({ where: { instanceId, status: 'open' } });
const taskOf = (instanceId: string) => until(async () => (await openTask(instanceId)) ?? undefined, `${instanceId} waits for a person`);

async function call(cookie: string, type: 'query' | 'mutation', path: string, input?: Json): Promise<Loose> {
  const { data, error } = await server.procedure(cookie, type, path, input);
  expect(error, path).toBeUndefined();
  return data;
}

const guide = (cookie: string): Promise<Guide> => call(cookie, 'query', 'guide.get');
const steps = async (cookie: string) => Object.keys((await guide(cookie)).done).toSorted();
const reaches = (cookie: string, step: GuideStep) =>
  until(async () => ((await guide(cookie)).done[step] === undefined ? undefined : true), `${step} is ticked`);
const start = async (cookie: string, input: Json = {}, version?: number): Promise<string> =>
  (await call(cookie, 'mutation', 'instances.start', { workflowKey: guideWorkflow, input, ...(version && { version }) })).id;

async function approve(cookie: string, instanceId: string): Promise<void> {
  const { id } = await taskOf(instanceId);
  await call(cookie, 'mutation', 'tasks.claim', { id });
  await call(cookie, 'mutation', 'tasks.decide', { id, outcome: 'approved', data: {} });
}

/** As if the installation had been stopped and started: the note that a start makes before anything runs. */
const restart = () => noteGuideRestart(server.databaseUrl, guideWorkflow);

function follow(cookie: string, id: string): Promise<void> {
  class BrowserSocket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { cookie, origin: server.origin } });
    }
  }
  const socket = createWSClient({
    url: `${server.origin.replace('http', 'ws').replace('localhost', '127.0.0.1')}/trpc`,
    // The client wants a browser's WebSocket, whose part it uses `ws` has.
    WebSocket: BrowserSocket as never,
  });
  const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  return new Promise((resolve, reject) => {
    const subscription = client.instances.watch.subscribe(
      { id },
      {
        onData: () => {
          subscription.unsubscribe();
          void socket.close().then(resolve, reject);
        },
        onError: reject,
      },
    );
  });
}

describe('the first steps', () => {
  test('ran, watched, approved: each by what happened, and only for who did it', async () => {
    const [{ cookie }, other] = await Promise.all([server.signIn('admin', 'Marta'), server.signIn('admin', 'Tomás')]);
    expect(await guide(cookie)).toMatchObject({
      workflow: { key: guideWorkflow, title: 'Sample order', version: 1 },
      opens: true,
      skipped: false,
      done: {},
      run: null,
      failedRun: null,
    });
    const id = await start(cookie);
    expect(await steps(cookie)).toEqual(['ran']);
    await taskOf(id);
    // The other one follows somebody else's run, and their own page is not open.
    await follow(other.cookie, id);
    await follow(cookie, 'welcome-order');
    expect(await steps(cookie)).toEqual(['ran']);
    await follow(cookie, id);
    expect(await steps(cookie)).toEqual(['ran', 'watched']);
    expect(await guide(cookie)).toMatchObject({ run: id, opens: true, done: { ran: { instanceId: id }, watched: { instanceId: id } } });
    await approve(cookie, id);
    await reaches(cookie, 'approved');
    expect(await steps(cookie)).toEqual(['approved', 'ran', 'watched']);
    expect(await steps(other.cookie)).toEqual([]);
  });

  test('somebody else’s decision is not theirs', async () => {
    const [{ cookie }, other] = await Promise.all([server.signIn('admin'), server.signIn('admin')]);
    const id = await start(cookie);
    await approve(other.cookie, id);
    expect(await steps(cookie)).toEqual(['ran']);
    expect(await steps(other.cookie)).toEqual([]);
  });

  test('a restart counts when a run was unfinished, and only once that run has gone on', async () => {
    const { cookie } = await server.signIn('admin');
    await restart();
    const id = await start(cookie);
    await taskOf(id);
    // The start of the installation was before the run; what it does is no resumption.
    expect(await steps(cookie)).toEqual(['ran']);
    await restart();
    expect(await steps(cookie), 'stopped and started, but it has not gone on yet').toEqual(['ran']);
    const { id: task } = await taskOf(id);
    await call(cookie, 'mutation', 'tasks.claim', { id: task });
    expect(await steps(cookie), 'taking a task is no step of the instance').toEqual(['ran']);
    await restart();
    await approve(cookie, id);
    await reaches(cookie, 'resumed');
    expect((await guide(cookie)).done.resumed).toMatchObject({ instanceId: id });
  });

  test('an instance that is terminated after the start did not resume', async () => {
    const { cookie } = await server.signIn('admin');
    const id = await start(cookie);
    await taskOf(id);
    await restart();
    await call(cookie, 'mutation', 'instances.terminate', { id, reason: 'test', recursive: false });
    await until(async () => (await call(cookie, 'query', 'instances.get', { id })).status === 'Terminated', 'it is terminated');
    expect(await steps(cookie)).toEqual(['ran']);
  });

  test('what was done stays done when its run is purged', async () => {
    const { cookie } = await server.signIn('admin');
    const id = await start(cookie);
    await taskOf(id);
    expect(await steps(cookie)).toEqual(['ran']);
    await call(cookie, 'mutation', 'instances.terminate', { id, reason: 'test', recursive: false });
    await until(async () => (await call(cookie, 'query', 'instances.get', { id })).status === 'Terminated', 'it is terminated');
    await call(cookie, 'mutation', 'instances.purge', { id });
    expect(await steps(cookie)).toEqual(['ran']);
    expect(await guide(cookie)).toMatchObject({ run: null });
    await restart();
    expect(await server.database.prisma.guideRestart.count({ where: { instanceId: id } })).toBe(0);
  });
});

describe('then break it', () => {
  test('failed, found, mended: the failed step is changed, the instance goes on, and what had finished is not run again', async () => {
    const { cookie } = await server.signIn('admin');
    const id = await start(cookie, { stockFails: true }, 1);
    await reaches(cookie, 'failed');
    expect(await guide(cookie)).toMatchObject({ failedRun: id, run: id });
    const incident = await until(async () => {
      const { rows } = await call(cookie, 'query', 'incidents.list', { states: ['open'] });
      return rows.find((row: Loose) => row.workflowKey === guideWorkflow);
    }, 'there is an incident');
    expect(await steps(cookie), 'a list on the way is not yet looking').toEqual(['failed', 'ran']);
    await call(cookie, 'query', 'incidents.get', { fingerprint: incident.fingerprint });
    expect(await steps(cookie)).toEqual(['failed', 'found', 'ran']);

    // Without a change it fails again.
    await call(cookie, 'mutation', 'instances.rewind', { id, reason: 'Perhaps it works now' });
    const failures = () => server.database.prisma.historyEvent.count({ where: { instanceId: id, type: 'ExecutionCompleted' } });
    await until(async () => (await failures()) === 2, 'it fails again');
    expect(await steps(cookie)).toEqual(['failed', 'found', 'ran']);

    const { draft, draftRevision } = await call(cookie, 'query', 'workflows.get', { key: guideWorkflow });
    const document = {
      ...draft,
      nodes: draft.nodes.map((node: Loose) =>
        node.id === 'check_stock' ? { ...node, config: { ...node.config, query: { failTimes: 0 } } } : node,
      ),
    };
    const saved = await call(cookie, 'mutation', 'workflows.saveDraft', { key: guideWorkflow, baseRevision: draftRevision, document });
    const published = await call(cookie, 'mutation', 'workflows.publish', { key: guideWorkflow, draftRevision: saved.draftRevision });
    await call(cookie, 'mutation', 'instances.migrate', { id, version: published.version, reason: 'The stock service is mended' });
    await reaches(cookie, 'mended');
    await taskOf(id);
    const completed = (step: string) =>
      server.database.prisma.historyEvent.count({
        where: { instanceId: id, type: 'TaskCompleted', data: { path: ['step'], equals: step } },
      });
    expect([await completed('price#1'), await completed('check_stock#1')]).toEqual([1, 1]);
    const scheduled = await server.database.prisma.historyEvent.count({ where: { instanceId: id, type: 'TaskScheduled' } });
    expect(scheduled, 'price once; check stock five times, five times more, and once').toBe(12);
  }, 60_000);
});

describe('when it opens by itself', () => {
  test('not once it was skipped, until that is taken back', async () => {
    const { cookie } = await server.signIn('admin');
    await call(cookie, 'mutation', 'guide.skip', { skipped: true });
    await call(cookie, 'mutation', 'guide.skip', { skipped: true });
    expect(await guide(cookie)).toMatchObject({ opens: false, skipped: true, workflow: { key: guideWorkflow } });
    await call(cookie, 'mutation', 'guide.skip', { skipped: false });
    expect(await guide(cookie)).toMatchObject({ opens: true, skipped: false });
  });

  test('not for those who may not start an instance', async () => {
    const { cookie } = await server.signIn('viewer');
    expect(await guide(cookie)).toMatchObject({ opens: false, signInLink: null });
  });

  test('a link that was not used yet is told to its owner', async () => {
    const { id, cookie } = await server.signIn('admin');
    expect((await guide(cookie)).signInLink).toBe('used');
    await createSignInToken(server.database, id);
    expect((await guide(cookie)).signInLink).toBe('waiting');
  });

  // Last: from here on this installation has work of its own.
  test('not where somebody has begun with work of their own, archived work that has run included', async () => {
    const { cookie } = await server.signIn('admin');
    expect((await guide(cookie)).opens).toBe(true);
    await call(cookie, 'mutation', 'workflows.create', { title: 'Never used' });
    expect((await guide(cookie)).opens).toBe(false);
    await server.database.prisma.workflow.update({ where: { key: 'never-used' }, data: { archivedAt: new Date() } });
    expect((await guide(cookie)).opens).toBe(true);
    await server.database.prisma.instance.update({ where: { id: 'welcome-booking' }, data: { workflowKey: 'never-used' } });
    expect((await guide(cookie)).opens).toBe(false);
  });
});

test('without samples there is no guide', async () => {
  const outside = await startTestServer({ embedded: false });
  try {
    const { cookie } = await outside.signIn('admin');
    const { data } = await outside.procedure(cookie, 'query', 'guide.get');
    expect(data).toMatchObject({ workflow: null, opens: false, done: {} });
  } finally {
    await outside.stop();
  }
});
