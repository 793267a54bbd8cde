import { createBulkJob, freezeBulk, settleBulkItems, takeBulkItems, takeUpAgain } from '@perdure/database/bulk';
import { instanceId } from '@perdure/engine';
import { feedHints } from '../instances/feed-hints.ts';
import type { FeedHint } from '../trpc/contract/feed.ts';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

let server: TestServer;
let operator: { id: string; cookie: string };
let elsewhere: { id: string; cookie: string };
beforeAll(async () => {
  server = await startTestServer();
  operator = await server.signIn('operator', 'Olga');
  elsewhere = await server.signIn('operator', 'Otto', 'people');
  await publishWorkflow(server.databaseUrl, 'waits', waits);
  await publishWorkflow(server.databaseUrl, 'calls', calls(server.demoOrigin));
});
afterAll(() => server.stop());

const waits = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
  'start -> wait',
  'wait -> done',
]);
/** Fails as long as its input says so: the demo service answers with the status it is asked for. */
const calls = (origin: string) =>
  drawWorkflow(
    {
      start: { type: 'start' },
      call: {
        type: 'http',
        config: { method: 'GET', url: `${origin}/no-such-service` },
        retry: { firstRetryInterval: '20ms', maxNumberOfAttempts: 1 },
      },
      done: { type: 'end' },
    },
    ['start -> call', 'call -> done'],
  );

async function start(workflow: string, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, { body: {} })));
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const statusOf = async (id: string) => (await server.database.prisma.instance.findUnique({ where: { id } }))?.status;

async function reached(ids: readonly string[], status: string): Promise<void> {
  await until(async () => {
    const count = await server.database.prisma.instance.count({ where: { id: { in: [...ids] }, status } });
    return count === ids.length;
  }, `${ids.length} are ${status}`);
}

const preview = (request: Loose, filter: Loose, who = operator) =>
  server.procedure(who.cookie, 'query', 'bulk.preview', { request, filter });

async function create(request: Loose, filter: Loose, reason = 'a test'): Promise<string> {
  const { data } = await preview(request, filter);
  const made = await server.procedure(operator.cookie, 'mutation', 'bulk.create', {
    request,
    filter,
    reason,
    asOf: data.asOf,
    expected: data.eligible,
  });
  expect(made.error).toBeUndefined();
  return made.data.id;
}

async function finished(id: string): Promise<Loose> {
  return until(async () => {
    const { data } = await server.procedure(operator.cookie, 'query', 'bulk.get', { id });
    return data.status === 'finished' ? data : undefined;
  }, 'the job is finished');
}

const itemsOf = async (id: string) => (await server.procedure(operator.cookie, 'query', 'bulk.items', { id })).data.rows;
const deeds = async (target: string) =>
  (await server.database.prisma.auditEntry.findMany({ where: { target }, orderBy: { id: 'asc' } })).map(({ action }) => action);

test('a preview counts exactly what would be reached, and says what would not and why; the job reaches just that', async () => {
  const ids = named('exact', 30);
  await start('waits', ids);
  await reached(ids, 'Running');
  await server.procedure(operator.cookie, 'mutation', 'instances.terminate', { id: 'exact-0', reason: 'before', recursive: false });
  await reached(['exact-0'], 'Terminated');
  const request = { action: 'terminate', recursive: false };
  const { data } = await preview(request, { text: 'exact-' });
  expect(data).toMatchObject({ eligible: 29, refused: [{ code: 'instance.finished', count: 1 }] });
  expect(data.sample).toHaveLength(10);
  const id = await create(request, { text: 'exact-' }, 'cleaning up');
  expect(await finished(id)).toMatchObject({ total: 29, done: 29, skipped: 0, failed: 0, reason: 'cleaning up' });
  await reached(ids, 'Terminated');
  expect(await deeds(`bulk:${id}`)).toEqual(['bulk.create', 'bulk.finish']);
  // One entry for the job, none for each instance.
  expect(await deeds('instance:exact-7')).toEqual([]);
});

test('an item is done when its history says so, not before; the job tells what they have come to since, and that it goes on', async () => {
  const { prisma } = server.database;
  const ids = named('truly', 120);
  await start('waits', ids);
  await reached(ids, 'Running');
  const leaving = new AbortController();
  const hints: FeedHint[] = [];
  const listening = (async () => {
    for await (const hint of feedHints(server.installation, leaving.signal)) hints.push(hint);
  })();
  const id = await create({ action: 'suspend' }, { text: 'truly-' });
  // One statement, so one moment: whatever is said to be done is in the history at that moment.
  let looks = 0;
  for (let over = false; !over; looks += 1) {
    over = (await prisma.bulkJob.findUniqueOrThrow({ where: { id } })).status === 'finished';
    const [early] = await prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM bulk_item b
      WHERE b.job_id = ${id}::uuid AND b.state = 'done'
        AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.instance_id = b.instance_id AND e.type = 'ExecutionSuspended')`;
    expect(early).toEqual({ count: 0 });
  }
  expect(looks).toBeGreaterThan(0);
  const became = async () => (await server.procedure(operator.cookie, 'query', 'bulk.became', { id })).data;
  expect(await became()).toEqual({ statuses: [{ status: 'Suspended', value: 120 }], of: null });
  await server.procedure(operator.cookie, 'mutation', 'instances.terminate', { id: 'truly-0', reason: 'since', recursive: false });
  await reached(['truly-0'], 'Terminated');
  expect((await became()).statuses).toEqual([
    { status: 'Suspended', value: 119 },
    { status: 'Terminated', value: 1 },
  ]);
  await until(async () => hints.some(({ jobs }) => jobs) || undefined, 'the feed has told of the job');
  leaving.abort();
  await listening;
  expect((await server.procedure(elsewhere.cookie, 'query', 'bulk.became', { id })).error.code).toBe('bulk.unknown');
});

test('a migration reaches those of its workflow that run another version, and says of the others why not', async () => {
  const ids = named('moves', 3);
  await start('waits', ids);
  await start('calls', ['moves-other']);
  await reached(ids, 'Running');
  await publishWorkflow(server.databaseUrl, 'waits', waits);
  const request = { action: 'migrate', workflowKey: 'waits', version: 2 };
  const { data } = await preview(request, { text: 'moves-' });
  expect(data).toMatchObject({ eligible: 3, refused: [{ code: 'instance.other-workflow', count: 1 }] });
  const id = await create(request, { text: 'moves-' }, 'the new one');
  expect(await finished(id)).toMatchObject({ total: 3, done: 3 });
  expect(await server.database.prisma.instance.count({ where: { id: { in: ids }, version: 2 } })).toBe(3);
});

test('what matches nothing makes no job, and says so', async () => {
  const asked = { request: { action: 'suspend' }, filter: { text: 'nobody-has-this' }, reason: '' };
  const { error } = await server.procedure(operator.cookie, 'mutation', 'bulk.create', {
    ...asked,
    asOf: new Date().toISOString(),
    expected: 5,
  });
  expect(error.code).toBe('bulk.empty');
});

test('more than was previewed is never reached: what started since is left out, and a larger set is refused', async () => {
  await start('waits', named('grow', 3));
  await reached(named('grow', 3), 'Running');
  const request = { action: 'suspend' };
  const filter = { text: 'grow-' };
  const { data } = await preview(request, filter);
  await start('waits', ['grow-late']);
  await reached(['grow-late'], 'Running');
  const asked = { request, filter, reason: '', asOf: data.asOf };
  const tooMany = await server.procedure(operator.cookie, 'mutation', 'bulk.create', { ...asked, expected: 2 });
  expect(tooMany.error).toMatchObject({ code: 'bulk.changed', details: { eligible: 3 } });
  const made = await server.procedure(operator.cookie, 'mutation', 'bulk.create', { ...asked, expected: 3 });
  expect(await finished(made.data.id)).toMatchObject({ total: 3, done: 3 });
  expect(await statusOf('grow-late')).toBe('Running');
});

test('what cannot be undone asks for a reason', async () => {
  const { error } = await server.procedure(operator.cookie, 'mutation', 'bulk.create', {
    request: { action: 'terminate', recursive: true },
    filter: { text: 'grow-' },
    reason: '  ',
    asOf: new Date().toISOString(),
    expected: 10,
  });
  expect(error).toMatchObject({ code: 'input.invalid', details: [{ field: 'reason' }] });
});

test('failed instances are retried together, and fail again as long as the cause is there', async () => {
  const ids = named('fails', 4);
  await start('calls', ids);
  await reached(ids, 'Failed');
  const id = await create({ action: 'retry' }, { ids });
  expect(await finished(id)).toMatchObject({ total: 4, done: 4 });
  await reached(ids, 'Failed');
  const rewound = await server.database.prisma.historyEvent.count({ where: { instanceId: { in: ids }, type: 'ExecutionRewound' } });
  expect(rewound).toBe(4);
});

test('those that changed after the job was made are skipped, each with its reason', async () => {
  const ids = named('changes', 3);
  await start('waits', ids);
  await reached(ids, 'Running');
  const job = await frozenJob('suspend', { text: 'changes-' });
  await server.procedure(operator.cookie, 'mutation', 'instances.raiseEvent', { id: 'changes-1', name: 'go', data: null });
  await reached(['changes-1'], 'Completed');
  await server.call('DELETE', '/runtime/webhooks/durabletask/instances/changes-1');
  await server.procedure(operator.cookie, 'mutation', 'instances.suspend', { id: 'changes-2', reason: 'meanwhile' });
  await reached(['changes-2'], 'Suspended');
  await run(job);
  expect(await finished(job)).toMatchObject({ done: 1, skipped: 2 });
  expect(await itemsOf(job)).toMatchObject([
    { instanceId: 'changes-0', state: 'done' },
    { instanceId: 'changes-1', state: 'skipped', code: 'instance.unknown' },
    { instanceId: 'changes-2', state: 'skipped', code: 'instance.already-suspended' },
  ]);
});

test('an item a lost process had done is recognised in the history, and not done again', async () => {
  const ids = named('lost', 2);
  await start('waits', ids);
  await reached(ids, 'Running');
  const job = await frozenJob('raiseEvent', { ids }, { name: 'other', data: 1 });
  // A process takes both up, does the first, and is gone.
  await server.database.prisma.bulkJob.update({ where: { id: job }, data: { status: 'running', holder: 'gone', heldUntil: new Date() } });
  const taken = await takeBulkItems(
    server.database.prisma,
    { job, holder: 'gone' },
    { action: 'raiseEvent', aim: { workflow: null, version: null }, limit: 10 },
  );
  expect(taken.map(({ instanceId }) => instanceId)).toEqual(['lost-0', 'lost-1']);
  const done = { type: 'RaiseEvent', id: `bulk:${job}:1`, name: 'other', data: 1, by: operator.id } as const;
  expect(await server.runtime.send(instanceId('lost-0'), done)).toEqual({ ok: true });
  expect(await finished(job)).toMatchObject({ done: 2, failed: 0 });
  const raised = await server.database.prisma.historyEvent.findMany({ where: { instanceId: { in: ids }, type: 'EventRaised' } });
  expect(raised.map(({ instanceId: of }) => of).sort()).toEqual(['lost-0', 'lost-1']);
});

test('a process that lost the job neither settles its items nor gives them back, and its rewind finds the failure changed', async () => {
  const ids = named('zombie', 2);
  await start('calls', ids);
  await reached(ids, 'Failed');
  const job = await frozenJob('rewind', { ids });
  const { prisma } = server.database;
  await prisma.bulkJob.update({ where: { id: job }, data: { status: 'running', holder: 'zombie', heldUntil: new Date() } });
  const hold = { job, holder: 'zombie' };
  const taken = await takeBulkItems(prisma, hold, { action: 'rewind', aim: { workflow: null, version: null }, limit: 10 });
  await prisma.bulkJob.update({ where: { id: job }, data: { heldUntil: new Date(0) } });
  server.installation.bulk.nudge();
  expect(await finished(job)).toMatchObject({ done: 2, failed: 0 });
  await reached(ids, 'Failed');
  await settleBulkItems(prisma, hold, [{ position: 1, state: 'failed', code: null, message: null }]);
  await takeUpAgain(prisma, hold, [1, 2]);
  expect(await finished(job)).toMatchObject({ done: 2, failed: 0 });
  const late = { type: 'Rewind', reason: 'frozen', by: operator.id, seq: taken[0]?.seq ?? 0 } as const;
  expect(await server.runtime.send(instanceId('zombie-0'), late)).toMatchObject({ ok: false, code: 'instance.changed' });
  expect(await prisma.historyEvent.count({ where: { instanceId: { in: ids }, type: 'ExecutionRewound' } })).toBe(2);
});

test('what a lost process had underway when the job was stopped is looked up all the same', async () => {
  const ids = named('stopped', 2);
  await start('waits', ids);
  await reached(ids, 'Running');
  const job = await frozenJob('suspend', { ids });
  const { prisma } = server.database;
  const later = new Date(Date.now() + 3_600_000);
  await prisma.bulkJob.update({ where: { id: job }, data: { status: 'running', holder: 'gone', heldUntil: later } });
  await takeBulkItems(prisma, { job, holder: 'gone' }, { action: 'suspend', aim: { workflow: null, version: null }, limit: 10 });
  expect(await server.runtime.send(instanceId('stopped-0'), { type: 'Suspend', reason: 'frozen', by: operator.id })).toEqual({ ok: true });
  expect((await server.procedure(operator.cookie, 'mutation', 'bulk.stop', { id: job })).error).toBeUndefined();
  await prisma.bulkJob.update({ where: { id: job }, data: { heldUntil: new Date(0) } });
  server.installation.bulk.nudge();
  await untilSettled(job, [{ state: 'done' }, { state: 'waiting' }]);
  expect(await statusOf('stopped-1')).toBe('Running');
});

test('an instance that merely comes to wait between preview and run is reached all the same', async () => {
  const ids = named('comes', 2);
  await start('waits', ids);
  await reached(ids, 'Running');
  // As it was chosen among those that run; by now both wait for their event.
  const job = await frozenJob('suspend', { ids });
  await server.database.prisma.bulkJob.update({ where: { id: job }, data: { selection: { statuses: ['Running'], text: 'comes-' } } });
  await run(job);
  expect(await finished(job)).toMatchObject({ done: 2, skipped: 0 });
});

test('a paused job waits, a stopped one stays as it is, and neither takes anything up', async () => {
  const ids = named('pause', 2);
  await start('waits', ids);
  await reached(ids, 'Running');
  const job = await frozenJob('suspend', { ids });
  const control = (name: string) => server.procedure(operator.cookie, 'mutation', `bulk.${name}`, { id: job });
  expect((await control('pause')).error.code).toBe('bulk.not-running');
  expect((await control('stop')).error).toBeUndefined();
  expect((await control('resume')).error.code).toBe('bulk.not-running');
  expect(await itemsOf(job)).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }]);
  expect(await statusOf('pause-0')).toBe('Running');
});

test('a job reaches what its maker may operate, and is seen by its maker alone', async () => {
  const { data } = await preview({ action: 'suspend' }, { text: 'grow-' }, elsewhere);
  expect(data).toMatchObject({ eligible: 0, refused: [], sample: [] });
  const job = await frozenJob('resume', { ids: ['grow-0'] });
  expect((await server.procedure(elsewhere.cookie, 'query', 'bulk.get', { id: job })).error.code).toBe('bulk.unknown');
  expect((await server.procedure(elsewhere.cookie, 'query', 'bulk.list')).data).toEqual([]);
  const purge = await preview({ action: 'purge' }, {});
  expect(purge.error.code).toBe('auth.forbidden');
});

test('what somebody sees and may not operate is left out, and the preview says how many; what they may not see is not counted', async () => {
  const { prisma } = server.database;
  await publishWorkflow(server.databaseUrl, 'theirs', waits);
  await publishWorkflow(server.databaseUrl, 'hidden', waits);
  const folderOf = (key: string, folder: string) => prisma.workflow.update({ where: { key }, data: { folder } });
  await Promise.all([folderOf('theirs', 'people'), folderOf('hidden', 'secret'), folderOf('waits', 'shown')]);
  server.installation.folders.drop();
  try {
    const both = await server.signIn('operator', 'Bo', 'people');
    await prisma.roleGrant.create({ data: { id: randomUUID(), userId: both.id, role: 'viewer', folder: 'shown', createdBy: 'test' } });
    server.installation.grants.changed(both.id);
    const ids = named('split', 3);
    await start('theirs', ids.slice(0, 2));
    await start('waits', [...ids.slice(2), 'split-a', 'split-b', 'split-c']);
    await start('hidden', ['split-hidden']);
    await reached([...ids, 'split-a', 'split-b', 'split-c', 'split-hidden'], 'Running');
    await server.procedure(operator.cookie, 'mutation', 'instances.suspend', { id: 'split-0', reason: 'before' });
    await reached(['split-0'], 'Suspended');
    const request = { action: 'suspend' };
    for (const filter of [{ text: 'split-' }, { ids: [...ids, 'split-a', 'split-b', 'split-c', 'split-hidden'] }]) {
      const { data } = await preview(request, filter, both);
      expect(data.eligible).toBe(1);
      expect(data.refused).toEqual([
        { code: 'auth.elsewhere', message: 'In folders you may not operate', count: 4 },
        { code: 'instance.already-suspended', message: 'Suspended already', count: 1 },
      ]);
      expect(data.sample.map(({ id }: Loose) => id)).toEqual(['split-1']);
    }
    const { data } = await preview(request, { text: 'split-' }, both);
    const made = await server.procedure(both.cookie, 'mutation', 'bulk.create', {
      request,
      filter: { text: 'split-' },
      reason: 'ours alone',
      asOf: data.asOf,
      expected: data.eligible,
    });
    const job = await until(async () => {
      const { data: found } = await server.procedure(both.cookie, 'query', 'bulk.get', { id: made.data.id });
      return found.status === 'finished' ? found : undefined;
    }, 'the job is finished');
    expect(job).toMatchObject({ total: 1, done: 1, skipped: 0 });
    expect(await statusOf('split-a')).toBe('Running');
  } finally {
    await folderOf('waits', '');
    server.installation.folders.drop();
  }
});

test('the reach of its maker is asked again while it runs', async () => {
  await start('waits', ['reach-0']);
  await reached(['reach-0'], 'Running');
  const leaver = await server.signIn('operator', 'Lea');
  const job = await frozenJob('suspend', { ids: ['reach-0'] }, {}, leaver.id);
  await server.database.prisma.user.update({ where: { id: leaver.id }, data: { disabledAt: new Date() } });
  server.installation.grants.changed(leaver.id);
  await run(job);
  const row = await until(async () => {
    const found = await server.database.prisma.bulkJob.findUnique({ where: { id: job } });
    return found?.status === 'finished' ? found : undefined;
  }, 'it ends');
  expect(row).toMatchObject({ done: 0, skipped: 1 });
  expect(await statusOf('reach-0')).toBe('Running');
});

/** A job that nobody works on yet: paused. */
async function frozenJob(action: Loose, filter: Loose, rest: Loose = {}, requestedBy = operator.id): Promise<string> {
  const id = randomUUID();
  await server.database.prisma.$transaction(async (tx) => {
    const question = { action, aim: { workflow: null, version: null }, filter, asOf: new Date(Date.now() + 60_000), within: null };
    const total = await freezeBulk(tx, id, question, 1_000);
    await createBulkJob(tx, { id, action, arguments: rest, selection: filter, reason: 'frozen', requestedBy, total });
    await tx.bulkJob.update({ where: { id }, data: { status: 'paused' } });
  });
  return id;
}

async function untilSettled(job: string, states: Loose[]): Promise<void> {
  await until(async () => {
    const items = await itemsOf(job);
    return items.every((item: Loose, index: number) => item.state === states[index].state);
  }, 'its items are settled');
}

async function run(job: string): Promise<void> {
  await server.database.prisma.bulkJob.update({ where: { id: job }, data: { status: 'running' } });
  server.installation.bulk.nudge();
}
