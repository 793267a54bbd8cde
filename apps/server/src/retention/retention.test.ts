/** Retention from the rules to the files, on what the runtime really wrote; finished days ago by changing the rows. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  addRetentionRules,
  changeRetentionRule,
  listRetentionBatches,
  listRetentionRules,
  planRetentionBatch,
  recordArchive,
  removeRetentionRule,
  type RetentionBatch,
  type RetentionRuleFields,
} from '@perdure/database/retention';
import type { Json } from '@perdure/graph';
import { createRuntime } from '@perdure/runtime';
import { drawWorkflow, eventually, publishWorkflow, startWorkerProcess } from '@perdure/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer } from '../test-support/test-server.ts';
import { keepRetention } from './retention-keeper.ts';

let server: TestServer;
let archiveDirectory: string;
let admin: { id: string; cookie: string };
beforeAll(async () => {
  archiveDirectory = await mkdtemp(join(tmpdir(), 'perdure-archive-'));
  server = await startTestServer({ embedded: false, archiveDirectory });
  admin = await server.signIn('admin', 'Ada');
  await publishWorkflow(server.databaseUrl, 'quick', drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']));
  const fails = { start: { type: 'start' }, fail: { type: 'fail', config: { code: 'Refused', message: 'No' } } };
  await publishWorkflow(server.databaseUrl, 'fails', drawWorkflow(fails, ['start -> fail']));
  const asks = {
    start: { type: 'start' },
    ask: { type: 'humanTask', config: { title: 'Approve', outcomes: [{ key: 'yes', label: 'Yes', tone: 'primary' }] } },
    done: { type: 'end' },
  };
  await publishWorkflow(server.databaseUrl, 'asks', drawWorkflow(asks, ['start -> ask', 'ask.yes -> done']));
});
afterEach(async () => {
  const { prisma } = server.database;
  await prisma.retentionRule.deleteMany();
  await prisma.instance.deleteMany();
  await prisma.historyEvent.deleteMany();
  await prisma.humanTask.deleteMany();
  await rm(archiveDirectory, { recursive: true });
  mkdirSync(archiveDirectory);
});
afterAll(async () => {
  await server.stop();
  await rm(archiveDirectory, { recursive: true, force: true });
});

const log = { warn: () => undefined };
const by = { actor: 'test', reason: 'a test' };
const keep = (archive: string | null = archiveDirectory) =>
  keepRetention({ config: { archiveDirectory: archive }, database: server.database, runtime: server.runtime }, log);
const rule = (fields: Partial<RetentionRuleFields> = {}): RetentionRuleFields => ({
  workflowKey: null,
  status: 'Completed',
  afterDays: 30,
  archive: true,
  ...fields,
});
const add = async (...rules: RetentionRuleFields[]): Promise<string[]> => {
  const saved = await addRetentionRules(server.database.prisma, rules, by);
  if (!saved.ok) throw new Error(`There is a rule for ${saved.taken}.`);
  return saved.ids;
};
const left = async (): Promise<string[]> =>
  (await server.database.prisma.instance.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

async function run(workflow: string, id: string, input: Json = null): Promise<void> {
  const started = await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, { body: input });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
}

async function ended(...ids: string[]): Promise<void> {
  await eventually('they have ended', async () => {
    const open = await server.database.prisma.instance.count({ where: { id: { in: ids }, completedAt: null } });
    return (open === 0 && (await server.database.prisma.instance.count({ where: { id: { in: ids } } })) === ids.length) || undefined;
  });
}

/** As if they had run so long ago. */
async function age(days: number, ...ids: string[]): Promise<void> {
  const at = new Date(Date.now() - days * 86_400_000);
  await server.database.prisma.instance.updateMany({ where: { id: { in: ids } }, data: { createdAt: at, completedAt: at } });
}

async function files(): Promise<string[]> {
  const found = await readdir(archiveDirectory, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** All lines of all files. */
async function archived(): Promise<Loose[]> {
  const lines: Loose[] = [];
  for (const file of await files()) {
    expect(file).toMatch(/\.ndjson\.gz$/);
    const own = gunzipSync(await readFile(file))
      .toString()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(own[0]).toMatchObject({ type: 'perdure-archive', format: 1 });
    expect(own.at(-1)).toEqual({ type: 'end', instances: own.filter(({ type }) => type === 'instance').length });
    lines.push(...own);
  }
  return lines;
}

async function planned(id: string): Promise<RetentionBatch> {
  const found = (await listRetentionRules(server.database.prisma)).find((one) => one.id === id);
  const lead = await server.database.lead('retention');
  if (found === undefined || lead === null) throw new Error('There is no such rule, or somebody leads.');
  try {
    const batch = await planRetentionBatch(lead.ask, { ...found, afterDays: found.afterDays ?? 0 }, { instances: 100, events: 1_000 });
    if (batch === null) throw new Error('Nothing is due.');
    return batch;
  } finally {
    await lead.release();
  }
}

test('what is due is archived with everything that belongs to it, then purged with its read models; what is not due stays', async () => {
  const { prisma } = server.database;
  const large = 'x'.repeat(100_000);
  await run('quick', 'old', { large, again: large });
  await run('quick', 'young');
  await run('fails', 'failed');
  await run('asks', 'asked');
  const task = await eventually(
    'the task is there',
    async () => (await prisma.humanTask.findFirst({ where: { instanceId: 'asked' } })) ?? undefined,
  );
  const approver = await server.signIn('approver', 'Ann');
  await server.procedure(approver.cookie, 'mutation', 'tasks.comment', { id: task.id, text: 'Looks right', mentions: [] });
  await prisma.humanTaskFile.create({
    data: {
      id: 'file-1',
      taskId: task.id,
      name: 'a.txt',
      type: 'text/plain',
      bytes: 5,
      by: approver.id,
      parts: { create: { number: 0, data: Buffer.from('hello') } },
    },
  });
  const decided = await server.procedure(approver.cookie, 'mutation', 'tasks.decide', { id: task.id, outcome: 'yes', data: null });
  expect(decided.error).toBeUndefined();
  await ended('old', 'young', 'failed', 'asked');
  await age(31, 'old', 'failed', 'asked');
  await age(29, 'young');
  await prisma.instanceFailure.createMany({
    data: ['failed', 'young'].map((instanceId) => ({
      instanceId,
      failedAt: new Date(0),
      createdAt: new Date(0),
      workflowKey: 'fails',
      node: 'fail',
      title: 'Fail',
      code: 'Refused',
      message: 'No',
    })),
  });
  const events = await prisma.historyEvent.findMany({ where: { instanceId: 'old' }, orderBy: { seq: 'asc' } });
  const [id] = await add(rule(), rule({ status: 'Failed', archive: false }));
  const preview = await server.procedure(admin.cookie, 'query', 'retention.preview', {
    workflowKey: null,
    status: 'Completed',
    afterDays: 30,
  });
  expect(preview.data).toMatchObject({ due: 2, held: 0, oldest: expect.any(String) });
  expect(preview.data.sample.map((one: Loose) => one.id).sort()).toEqual(['asked', 'old']);

  await keep();

  expect(await left()).toEqual(['young']);
  expect(await prisma.historyEvent.count({ where: { instanceId: { not: 'young' } } })).toBe(0);
  expect(await prisma.humanTask.count()).toBe(0);
  expect((await prisma.instanceFailure.findMany({ where: { failedAt: new Date(0) } })).map(({ instanceId }) => instanceId)).toEqual([
    'young',
  ]);
  const [file = ''] = await files();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const lines = await archived();
  expect(
    lines
      .filter(({ type }) => type === 'instance')
      .map((line) => line.id)
      .sort(),
  ).toEqual(['asked', 'old']);
  const own = lines.filter(({ type, instance }) => type === 'event' && instance === 'old').map(({ event }) => event);
  expect(own.map(({ seq, type }: Loose) => [seq, type])).toEqual(events.map(({ seq, type }) => [seq, type]));
  // Twice the same content is one payload, and stands before what refers to it.
  const payloads = lines.filter(({ type }) => type === 'payload');
  expect(payloads.map(({ value }) => JSON.stringify(value))).toContainEqual(JSON.stringify({ large, again: large }));
  expect(new Set(payloads.map(({ hash }) => hash)).size).toBe(payloads.length);
  expect(lines.filter(({ type }) => type === 'task')).toMatchObject([{ instance: 'asked', task: { id: task.id, status: 'decided' } }]);
  expect(lines.filter(({ type }) => type === 'comment')).toMatchObject([{ comment: { text: 'Looks right', by: { name: 'Ann' } } }]);
  expect(lines.filter(({ type }) => type === 'file')).toMatchObject([{ file: { name: 'a.txt', bytes: 5 } }]);
  expect(lines.filter(({ type }) => type === 'file-part').map(({ base64 }) => Buffer.from(base64, 'base64').toString())).toEqual(['hello']);

  const list = (await server.procedure(admin.cookie, 'query', 'retention.list')).data;
  expect(list.rules.find((one: Loose) => one.id === id)).toMatchObject({ purged: 2, trouble: null, ranAt: expect.any(String) });
  expect(
    list.batches
      .map(({ status, instances, purged, file: name, finished }: Loose) => [status, instances, purged, name !== null, finished])
      .sort(),
  ).toEqual([
    ['Completed', 2, 2, true, true],
    ['Failed', 1, 1, false, true],
  ]);
  const entries = await prisma.auditEntry.findMany({ where: { action: 'retention.purge', target: `retention:${id}` } });
  expect(entries).toMatchObject([
    { actor: 'system', detail: { status: 'Completed', purged: 2, archive: list.batches.find((one: Loose) => one.file !== null).file } },
  ]);
});

test('a rule of its own takes a workflow out of the rule for all, also when it says never', async () => {
  await run('quick', 'a1');
  await run('asks', 'b1');
  const { prisma } = server.database;
  const task = await eventually(
    'the task is there',
    async () => (await prisma.humanTask.findFirst({ where: { instanceId: 'b1' } })) ?? undefined,
  );
  await server.procedure((await server.signIn('approver')).cookie, 'mutation', 'tasks.decide', { id: task.id, outcome: 'yes', data: null });
  await ended('a1', 'b1');
  await age(100, 'a1', 'b1');
  const [, own = ''] = await add(rule({ archive: false }), rule({ workflowKey: 'quick', afterDays: null, archive: false }));
  const preview = await server.procedure(admin.cookie, 'query', 'retention.preview', {
    workflowKey: null,
    status: 'Completed',
    afterDays: 30,
  });
  expect(preview.data).toMatchObject({ due: 1 });
  await keep();
  expect(await left()).toEqual(['a1']);
  await changeRetentionRule(prisma, own, { afterDays: 101, archive: false }, by);
  await keep();
  expect(await left()).toEqual(['a1']);
  await changeRetentionRule(prisma, own, { afterDays: 100, archive: false }, by);
  await keep();
  expect(await left()).toEqual([]);
});

test('whose children run is held; what runs is never touched', async () => {
  const { prisma } = server.database;
  await run('quick', 'parent');
  await run('asks', 'child');
  await run('asks', 'waits');
  await ended('parent');
  await prisma.instance.update({ where: { id: 'child' }, data: { parentInstanceId: 'parent' } });
  await age(31, 'parent');
  await prisma.instance.updateMany({ where: { id: { in: ['child', 'waits'] } }, data: { createdAt: new Date(0) } });
  await add(
    ...(['Completed', 'Failed', 'Terminated', 'Canceled'] as const).map((status) => rule({ status, afterDays: 0, archive: false })),
  );
  const preview = await server.procedure(admin.cookie, 'query', 'retention.preview', {
    workflowKey: null,
    status: 'Completed',
    afterDays: 30,
  });
  expect(preview.data).toMatchObject({ due: 0, held: 1, oldest: null, sample: [] });
  await keep();
  expect(await left()).toEqual(['child', 'parent', 'waits']);
  await prisma.instance.updateMany({ where: { id: 'child' }, data: { parentInstanceId: null } });
  await keep();
  expect(await left()).toEqual(['child', 'waits']);
});

test('without a place to archive nothing goes but what need not be archived, and the rule says why', async () => {
  await run('quick', 'a1');
  await run('fails', 'f1');
  await ended('a1', 'f1');
  await age(31, 'a1', 'f1');
  await add(rule(), rule({ status: 'Failed', archive: false }));
  await keep(null);
  expect(await left()).toEqual(['a1']);
  const troubles = async () =>
    (await listRetentionRules(server.database.prisma)).map(({ status, trouble }) => [status, trouble?.split('.')[0] ?? null]);
  expect(await troubles()).toEqual([
    ['Completed', 'No archive directory is set'],
    ['Failed', null],
  ]);
  await keep(join(archiveDirectory, 'not-there'));
  expect(await left()).toEqual(['a1']);
  expect(await troubles()).toContainEqual(['Completed', 'The archive directory is not there']);
  await keep();
  expect(await left()).toEqual([]);
  expect(await troubles()).toContainEqual(['Completed', null]);
});

test('K3 what went on after it was chosen stays, and is not in the file', async () => {
  await run('quick', 'same');
  await run('quick', 'went-on');
  await ended('same', 'went-on');
  await age(31, 'same', 'went-on');
  const [id = ''] = await add(rule());
  await planned(id);
  await server.database.prisma.instance.update({ where: { id: 'went-on' }, data: { executionId: 'another', completedAt: new Date() } });
  await keep();
  expect(await left()).toEqual(['went-on']);
  expect((await archived()).filter(({ type }) => type === 'instance').map((line) => line.id)).toEqual(['same']);
});

test('K6 what cannot be read whole stays and is named; the others go, and it is not tried again at once', async () => {
  const { prisma } = server.database;
  const large = 'z'.repeat(100_000);
  for (const one of ['good-1', 'no-tail', 'no-middle', 'good-2']) await run('quick', one);
  await run('quick', 'no-payload', { large });
  const ids = ['good-1', 'good-2', 'no-middle', 'no-payload', 'no-tail'];
  await ended(...ids);
  const { seq } = await prisma.instance.findUniqueOrThrow({ where: { id: 'no-tail' } });
  await prisma.historyEvent.deleteMany({ where: { instanceId: 'no-tail', seq: { gt: 1 } } });
  await prisma.historyEvent.deleteMany({ where: { instanceId: 'no-middle', seq: 2 } });
  const started = await prisma.historyEvent.findFirstOrThrow({ where: { instanceId: 'no-payload', type: 'ExecutionStarted' } });
  const hash = /"\$payload":"([^"]+)"/.exec(JSON.stringify(started.data))?.[1] ?? '';
  expect((await prisma.payload.deleteMany({ where: { hash } })).count).toBe(1);
  await age(31, ...ids);
  const [id = ''] = await add(rule());

  // A process that has not seen the payload: this one still has it in memory.
  const { databaseUrl, redisUrl } = server;
  const runtime = await createRuntime({ databaseUrl, redisUrl, worker: false, activities: [] });
  const keep = () => keepRetention({ config: { archiveDirectory }, database: server.database, runtime }, log);
  const { unreadable } = await keep();
  expect(await left()).toEqual(['no-middle', 'no-payload', 'no-tail']);
  const why = {
    'no-middle': 'Event 2 of its history is missing.',
    'no-payload': `The payload ${hash} is missing.`,
    'no-tail': `Events 2 to ${seq} of its history are missing.`,
  };
  expect(Object.fromEntries(unreadable.map((one) => [one.id, one.why]))).toEqual(why);
  const [file = ''] = await files();
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((text): Loose => JSON.parse(text));
  expect(lines.at(-1)).toEqual({ type: 'end', instances: 2 });
  expect(Object.fromEntries(lines.filter(({ type }) => type === 'damaged').map((line) => [line.instance, line.why]))).toEqual(why);
  const list = async () => (await server.procedure(admin.cookie, 'query', 'retention.list')).data.rules[0];
  expect(await list()).toMatchObject({
    purged: 2,
    trouble: null,
    unreadable: { count: 3, first: Object.entries(why).map(([one, words]) => ({ id: one, why: words })) },
  });
  const scope = { workflowKey: null, status: 'Completed', afterDays: 30 };
  expect((await server.procedure(admin.cookie, 'query', 'retention.preview', scope)).data).toMatchObject({ due: 3, unreadable: 3 });

  // Not again within the day, and no file for them.
  expect((await keep()).unreadable).toEqual([]);
  expect(await files()).toEqual([file]);
  // Tried again, one was mended meanwhile.
  await prisma.historyEvent.createMany({
    data: Array.from({ length: seq - 1 }, (_, i) => ({
      instanceId: 'no-tail',
      seq: i + 2,
      type: 'CustomStatusSet',
      at: new Date(),
      data: {},
    })),
  });
  await prisma.retentionUnreadable.updateMany({ data: { foundAt: new Date(Date.now() - 25 * 3_600_000) } });
  expect((await keep()).unreadable.map((one) => one.id).sort()).toEqual(['no-middle', 'no-payload']);
  expect(await left()).toEqual(['no-middle', 'no-payload']);
  expect((await list()).unreadable.count).toBe(2);
  // Without an archive nothing has to be read.
  await changeRetentionRule(prisma, id, { afterDays: 30, archive: false }, by);
  await keep();
  expect(await left()).toEqual([]);
  await keep();
  expect(await prisma.retentionUnreadable.count()).toBe(0);
  await runtime.stop();
});

test('K6 an instance whose rows the database cannot read holds up nobody', async () => {
  const { prisma } = server.database;
  for (const one of ['broken', 'good']) await run('quick', one);
  await ended('broken', 'good');
  await age(31, 'broken', 'good');
  await add(rule());
  // Like a page that is damaged: whatever asks for this row fails, the rest of the database goes on.
  await prisma.$executeRaw`UPDATE history_event SET at = 'infinity' WHERE instance_id = 'broken' AND seq = 2`;
  expect((await keep()).unreadable).toMatchObject([{ id: 'broken', why: expect.stringContaining('cannot read it') }]);
  expect(await left()).toEqual(['broken']);
});

test('C4 a batch of a rule that was changed or removed is not gone on with', async () => {
  const { prisma } = server.database;
  await run('quick', 'a1');
  await ended('a1');
  await age(31, 'a1');
  const [id = ''] = await add(rule());
  await planned(id);
  await changeRetentionRule(prisma, id, { afterDays: 60, archive: true }, by);
  await keep();
  expect(await left()).toEqual(['a1']);
  await changeRetentionRule(prisma, id, { afterDays: 30, archive: true }, by);
  await planned(id);
  expect(await removeRetentionRule(prisma, id, by)).toBe(true);
  await keep();
  expect(await left()).toEqual(['a1']);
  expect(await files()).toEqual([]);
  expect(await listRetentionBatches(prisma, 10)).toEqual([]);
});

test('K4 a file that was written and not recorded is taken away; a recorded one that is not whole any more lets nothing go', async () => {
  const { prisma } = server.database;
  for (const one of ['a1', 'a2']) await run('quick', one);
  await ended('a1', 'a2');
  await age(31, 'a1', 'a2');
  const [id = ''] = await add(rule());
  const batch = await planned(id);
  const at = batch.createdAt.toISOString();
  const name = `${at.slice(0, 7)}/${at.slice(0, 19).replaceAll(/[-:]/g, '')}-completed-all-${batch.id.slice(0, 8)}-1.ndjson.gz`;
  mkdirSync(dirname(join(archiveDirectory, name)), { recursive: true });
  await writeFile(join(archiveDirectory, name), 'a process died before it recorded this');
  await writeFile(join(archiveDirectory, `${name}.unfinished`), 'or this');
  await keep();
  expect(await left()).toEqual([]);
  const [file, ...others] = await files();
  expect(others).toEqual([]);
  expect(file).toMatch(/-2\.ndjson\.gz$/);

  await run('quick', 'a3');
  await ended('a3');
  await age(31, 'a3');
  const second = await planned(id);
  const lost = `${name.slice(0, -'1.ndjson.gz'.length)}lost.ndjson.gz`;
  await writeFile(join(archiveDirectory, lost), 'as it was written');
  const whole = second.ids.map((one, i) => ({ id: one, executionId: second.executionIds[i] ?? '', seq: second.seqs[i] ?? 0 }));
  expect(await recordArchive(prisma, second, { file: { name: lost, bytes: 17 }, whole, unreadable: [] })).toBe(true);
  expect(await recordArchive(prisma, second, { file: { name: 'another', bytes: 1 }, whole, unreadable: [] })).toBe(false);
  await truncate(join(archiveDirectory, lost), 3);
  await keep();
  await rm(join(archiveDirectory, lost));
  // In a batch, and a file, of its own.
  expect(await left()).toEqual([]);
  expect(
    (await archived())
      .filter(({ type }) => type === 'instance')
      .map((line) => line.id)
      .sort(),
  ).toEqual(['a1', 'a2', 'a3']);
});

test('K1 K4 killed at any moment it loses no line and doubles none, and purges nothing that is not in a whole file', async () => {
  const { prisma } = server.database;
  const ids = Array.from({ length: 120 }, (_, i) => `k${String(i).padStart(3, '0')}`);
  const value = 'y'.repeat(70_000);
  for (let at = 0; at < ids.length; at += 40)
    await Promise.all(ids.slice(at, at + 40).map((id, i) => run('quick', id, i === 0 ? { value } : { id })));
  await ended(...ids);
  await age(31, ...ids);
  const [id] = await add(rule({ workflowKey: 'quick' }));
  const settings = { databaseUrl: server.databaseUrl, redisUrl: server.redisUrl, archiveDirectory };
  const isThere = async (wanted: (name: string) => boolean) => (await files()).some(wanted) || undefined;
  const moments: (() => Promise<unknown>)[] = [
    async () => (await prisma.retentionBatch.count()) > 0 || undefined,
    () => isThere((name) => name.endsWith('.unfinished')),
    () => isThere((name) => name.endsWith('.gz')),
    async () => (await prisma.retentionBatch.count({ where: { file: { not: null } } })) > 0 || undefined,
    async () => (await left()).length < ids.length / 2 || undefined,
  ];
  for (const moment of moments) {
    const keeper = await startWorkerProcess(new URL('./keeper-fixture.ts', import.meta.url), settings);
    const kept = keeper.ask('keep').catch(() => undefined);
    // It may be through before the moment comes.
    await Promise.race([eventually('the moment comes', moment, 60_000), kept]);
    await keeper.kill();
    await kept;
    const there = new Set(await left());
    const inFiles = new Set(
      (await prisma.retentionBatch.count({ where: { file: { not: null } } })) === 0
        ? []
        : (await archived()).flatMap(({ type, id }) => (type === 'instance' ? [id] : [])),
    );
    expect(ids.filter((one) => !there.has(one) && !inFiles.has(one))).toEqual([]);
  }
  // The session of a process that was killed ends by itself, a moment later.
  await eventually(
    'all are gone',
    async () => {
      await keep();
      return (await left()).length === 0 || undefined;
    },
    60_000,
  );
  const lines = await archived();
  expect(
    lines
      .filter(({ type }) => type === 'instance')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  const events = lines.filter(({ type }) => type === 'event').map(({ instance, event }) => `${instance} ${event.seq}`);
  expect(new Set(events).size).toBe(events.length);
  const counted = lines.filter(({ type }) => type === 'instance').reduce((sum: number, line) => sum + line.events, 0);
  expect(events.length).toBe(counted);
  const told = await prisma.auditEntry.findMany({ where: { action: 'retention.purge', target: `retention:${id}` } });
  expect(told.map(({ detail }) => (detail as Loose).purged)).toEqual([ids.length]);
}, 240_000);

test('rules are made, changed and removed in the words of their fields, each with its reason', async () => {
  const ask = (name: string, input: Json) => server.procedure(admin.cookie, 'mutation', `retention.${name}`, input);
  const fresh = { workflowKey: null, statuses: ['Completed', 'Failed'], afterDays: 400, archive: true, reason: 'the law' };
  const wrong = async (input: object) => (await ask('add', { ...fresh, ...input } as Json)).error.details[0];
  expect(await wrong({ afterDays: -1 })).toEqual({ field: 'afterDays', message: 'Give a number of days from 0 to 36,500.' });
  expect(await wrong({ afterDays: 1.5 })).toMatchObject({ field: 'afterDays' });
  expect(await wrong({ afterDays: null })).toMatchObject({ field: 'afterDays' });
  expect(await wrong({ statuses: [] })).toEqual({ field: 'statuses', message: 'Choose a status.' });
  expect(await wrong({ workflowKey: 'none' })).toEqual({ field: 'workflowKey', message: 'There is no such workflow.' });
  expect(await wrong({ reason: ' ' })).toMatchObject({ field: 'reason' });
  const { data } = await ask('add', fresh);
  expect(await wrong({ statuses: ['Terminated', 'Failed'] })).toEqual({
    field: 'statuses',
    message: 'There is a rule for this and Failed already: change that one.',
  });
  const [id] = data.ids;
  expect((await ask('change', { id, afterDays: 500, archive: false, reason: 'longer' })).error).toBeUndefined();
  expect((await ask('change', { id: data.ids[1], afterDays: null, archive: false, reason: 'never' })).error).toBeUndefined();
  const list = (await server.procedure(admin.cookie, 'query', 'retention.list')).data;
  expect(list).toMatchObject({ archives: true });
  expect(list.rules.map(({ status, afterDays, archive, updatedBy }: Loose) => [status, afterDays, archive, updatedBy.name])).toEqual([
    ['Completed', 500, false, 'Ada'],
    ['Failed', null, false, 'Ada'],
  ]);
  expect((await ask('remove', { id, reason: 'no more' })).error).toBeUndefined();
  expect((await ask('remove', { id, reason: 'no more' })).error).toMatchObject({ code: 'retention.unknown' });
  const entries = (await server.procedure(admin.cookie, 'query', 'audit.list', { target: `retention:${id}` })).data.rows;
  expect(entries.map(({ action, reason }: Loose) => [action, reason])).toEqual([
    ['retention.remove', 'no more'],
    ['retention.change', 'longer'],
    ['retention.create', 'the law'],
  ]);
  expect(entries[1]).toMatchObject({ before: { afterDays: 400, archive: true }, after: { afterDays: 500, archive: false } });
});

test('a rule that is made works at once', async () => {
  await run('fails', 'f1');
  await ended('f1');
  await server.procedure(admin.cookie, 'mutation', 'retention.add', {
    workflowKey: 'fails',
    statuses: ['Failed'],
    afterDays: 0,
    archive: true,
    reason: 'a test',
  });
  await eventually('it is gone', async () => (await left()).length === 0 || undefined);
  expect((await archived()).filter(({ type }) => type === 'instance').map(({ id, failure }) => [id, failure.code])).toEqual([
    ['f1', 'Refused'],
  ]);
});
