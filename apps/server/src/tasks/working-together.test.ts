/** Tasks that several people have a part in: votes, giving them to others, comments, files, putting off, several at once, and who is told. */
import { edgeId, type Json, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ mail: { url: 'smtp://127.0.0.1:9', from: 'Perdure <perdure@example.com>' } });
});
afterAll(() => server.stop());

const outcomes = [
  { key: 'approved', label: 'Approve', tone: 'primary' },
  { key: 'rejected', label: 'Reject', tone: 'danger' },
];

function documentWith(config: Record<string, Json>): WorkflowDocument {
  const node = (id: string, type: string, own: Record<string, Json>) =>
    ({ id: nodeId(id), type, title: id, parent: null, position: { x: 0, y: 0 }, config: own }) as const;
  const edge = (id: string, port: string, target: string) =>
    ({ id: edgeId(id), source: nodeId(id === 'a' ? 'start' : 'ask'), sourcePort: portId(port), target: nodeId(target) }) as const;
  return {
    formatVersion: 1,
    nodes: [
      node('start', 'start', {}),
      node('ask', 'humanTask', { title: 'Ask', outcomes, ...config }),
      node('end', 'end', { value: { expr: 'steps.ask.output' } }),
    ],
    edges: [edge('a', 'out', 'ask'), edge('b', 'approved', 'end'), edge('c', 'rejected', 'end')],
  };
}

let made = 0;
async function taskWith(config: Record<string, Json>, options: { key?: string; cookie?: string } = {}): Promise<string> {
  const key = options.key ?? `together-${++made}`;
  if (options.key === undefined || made === 0 || !published.has(key)) {
    expect(
      (await server.call('POST', '/api/workflows', { body: { key, title: key, document: documentWith(config) as unknown as Json } }))
        .status,
    ).toBe(201);
    expect((await server.call('POST', `/api/workflows/${key}/publish`)).status).toBe(200);
    published.add(key);
  }
  const instance = `${key}-${++made}`;
  if (options.cookie === undefined)
    await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${key}/${instance}`, { body: {} });
  else await server.procedure(options.cookie, 'mutation', 'instances.start', { workflowKey: key, instanceId: instance });
  return (
    await until(
      async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: instance } })) ?? undefined,
      'the task is there',
    )
  ).id;
}
const published = new Set<string>();

const ask = (cookie: string, path: string, input: Json) => server.procedure(cookie, 'mutation', path, input);
const look = async (cookie: string, id: string): Promise<Loose> => (await server.procedure(cookie, 'query', 'tasks.get', { id })).data;
const noticesAbout = async (task: string) =>
  server.database.prisma.notice.findMany({ where: { dedupeKey: { startsWith: `task/${task}/` } }, orderBy: { createdAt: 'asc' } });

test('W1 of twenty voters racing for two votes two count, one decision stands, and the others are told who (I11)', async () => {
  const task = await taskWith({ quorum: 2 });
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => server.signIn('approver', `Voter ${n}`)));
  const answers = await Promise.all(people.map(({ cookie }) => ask(cookie, 'tasks.decide', { id: task, outcome: 'approved', data: {} })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
  for (const { status, error } of answers) if (status !== 200) expect(error.code).toBe('task.already-decided');
  const detail = await look(people[0]?.cookie ?? '', task);
  expect(detail).toMatchObject({ status: 'decided', quorum: { needed: 2, got: 2 } });
  expect(new Set(detail.votes.map(({ by }: Loose) => by.id)).size).toBe(2);
  const again = await ask(people[0]?.cookie ?? '', 'tasks.decide', { id: task, outcome: 'rejected', data: {} });
  expect(again.error.message).toMatch(/^Already decided: Voter \d+ approved at \d\d:\d\d\.$/);
});

test('W2 one vote per person, and what one has done is said', async () => {
  const task = await taskWith({ quorum: 2 });
  const [ann, bob] = await Promise.all([server.signIn('approver', 'Ann'), server.signIn('approver', 'Bob')]);
  await ask(ann.cookie, 'tasks.saveDraft', { id: task, data: { n: 1 } });
  await ask(bob.cookie, 'tasks.saveDraft', { id: task, data: { n: 2 } });
  expect((await ask(ann.cookie, 'tasks.decide', { id: task, outcome: 'approved', data: {}, comment: 'fine' })).data).toEqual({
    open: true,
  });
  expect((await ask(ann.cookie, 'tasks.decide', { id: task, outcome: 'approved', data: {} })).error.code).toBe('task.already-voted');
  const seen = await look(ann.cookie, task);
  expect(seen).toMatchObject({ quorum: { needed: 2, got: 1 }, refusals: { decide: 'You have voted already.' }, draft: null });
  expect(seen.votes).toMatchObject([{ by: { name: 'Ann' }, comment: 'fine' }]);
  expect((await look(bob.cookie, task)).draft).toEqual({ n: 2 });
  expect((await ask(bob.cookie, 'tasks.decide', { id: task, outcome: 'rejected', data: {} })).data).toEqual({ open: false });
});

test('W3 the requester may not decide, whatever they try', async () => {
  const requester = await server.signIn('admin', 'Priya');
  const approver = await server.signIn('approver', 'Marta');
  const task = await taskWith({ requesterMayNotDecide: true }, { cookie: requester.cookie });
  expect((await look(requester.cookie, task)).refusals.decide).toBe('The workflow says that you may not decide this task.');
  for (const [path, input] of [
    ['tasks.claim', { id: task }],
    ['tasks.decide', { id: task, outcome: 'approved', data: {} }],
    ['tasks.assign', { id: task, to: requester.id }],
  ] as const)
    expect((await ask(requester.cookie, path, input)).error.code, path).toBe('task.excluded');
  expect((await ask(approver.cookie, 'tasks.decide', { id: task, outcome: 'approved', data: {} })).status).toBe(200);
});

test('W3 restarting makes nobody else its requester; with another input both may not decide', async () => {
  const [requester, operator, approver] = await Promise.all([
    server.signIn('admin', 'Priya'),
    server.signIn('admin', 'Otto'),
    server.signIn('approver', 'Marta'),
  ]);
  const first = await taskWith({ requesterMayNotDecide: true }, { cookie: requester.cookie });
  const { instanceId } = await server.database.prisma.humanTask.findUniqueOrThrow({ where: { id: first } });
  const restarted = async (input?: Json): Promise<string> => {
    const { data } = await ask(operator.cookie, 'instances.restart', {
      id: instanceId,
      version: 'same',
      reason: 'once more',
      ...(input === undefined ? {} : { input }),
    });
    return until(
      async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: data.id } }))?.id,
      'the task of the restarted one is there',
    );
  };
  const decide = async (cookie: string, id: string) =>
    (await ask(cookie, 'tasks.decide', { id, outcome: 'approved', data: {} })).error?.code ?? 'decided';

  const unchanged = await restarted();
  expect(await decide(requester.cookie, unchanged)).toBe('task.excluded');
  expect(await decide(operator.cookie, unchanged)).toBe('decided');

  const edited = await restarted({ amount: 9_000 });
  expect(await decide(requester.cookie, edited)).toBe('task.excluded');
  expect(await decide(operator.cookie, edited)).toBe('task.excluded');
  expect(await decide(approver.cookie, edited)).toBe('decided');
});

test('the tasks of an instance come in pages, the open ones first, and the one of a step by its step', async () => {
  const { prisma } = server.database;
  const admin = await server.signIn('admin', 'Boss');
  const { instanceId, ...like } = await prisma.humanTask.findUniqueOrThrow({ where: { id: await taskWith({}) } });
  const { executionId, workflowKey, version, node, title } = like;
  await prisma.humanTask.createMany({
    data: Array.from({ length: 119 }, (_, i) => ({
      id: `page-${i}`,
      instanceId,
      executionId,
      step: `ask#${i + 2}`,
      workflowKey,
      version,
      node,
      title,
      outcomes: [],
      freeSeats: 0,
      status: i < 30 ? 'open' : 'decided',
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, i % 7)),
    })),
  });
  const page = async (input: object = {}): Promise<Loose> =>
    (await server.procedure(admin.cookie, 'query', 'instances.tasks', { id: instanceId, ...input })).data;
  const instance = (await server.procedure(admin.cookie, 'query', 'instances.get', { id: instanceId })).data;
  const found = [instance.tasks];
  while (found.at(-1).nextCursor !== null) found.push(await page({ cursor: found.at(-1).nextCursor }));
  expect(found.map(({ rows }) => rows.length)).toEqual([50, 50, 20]);
  for (const { count } of found) expect(count).toEqual({ value: 120, exact: true });
  const rows = found.flatMap((one) => one.rows);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(120);
  expect(rows.slice(0, 31).every(({ status }) => status === 'open')).toBe(true);
  expect(rows.slice(31).every(({ status }) => status === 'decided')).toBe(true);
  const closed = rows.slice(31).map(({ createdAt }) => createdAt);
  expect(closed).toEqual(closed.toSorted());
  expect((await page({ step: 'ask#120' })).rows).toMatchObject([{ id: 'page-118' }]);
  const wrong = await server.procedure(admin.cookie, 'query', 'instances.tasks', { id: instanceId, cursor: 'x' });
  expect(wrong.error.code).toBe('input.invalid');
});

test('W4 a task is delegated by who has it and reassigned by an administrator; the trail says by whom', async () => {
  const [ann, bob, admin] = await Promise.all([
    server.signIn('approver', 'Ann'),
    server.signIn('approver', 'Bob'),
    server.signIn('admin', 'Boss'),
  ]);
  const task = await taskWith({ candidates: [`${ann.id}@example.com`] });
  expect((await ask(ann.cookie, 'tasks.delegate', { id: task, to: bob.id })).error.code).toBe('task.not-claimant');
  await ask(ann.cookie, 'tasks.claim', { id: task });
  expect((await ask(ann.cookie, 'tasks.delegate', { id: task, to: 'nobody' })).error.code).toBe('task.unknown-person');
  const found = (await server.procedure(ann.cookie, 'query', 'tasks.candidatesFor', { id: task, text: 'bob' })).data;
  expect(found).toContainEqual({ id: bob.id, name: 'Bob', email: `${bob.id}@example.com`, refusal: null });
  expect((await ask(ann.cookie, 'tasks.delegate', { id: task, to: bob.id, note: 'On leave' })).status).toBe(200);
  expect((await look(bob.cookie, task)).holders).toMatchObject([{ id: bob.id, how: 'delegated', from: { name: 'Ann' } }]);
  const mine = (await server.procedure(bob.cookie, 'query', 'tasks.list', { view: 'mine' })).data;
  expect(mine.rows.map((row: Loose) => row.id)).toEqual([task]);
  expect(mine.counts).toMatchObject({ mine: 1 });
  expect((await ask(bob.cookie, 'tasks.assign', { id: task, to: ann.id })).error.code).toBe('auth.forbidden');
  expect((await ask(admin.cookie, 'tasks.assign', { id: task, to: ann.id })).status).toBe(200);
  expect((await look(ann.cookie, task)).trail.map(({ what, by, to, comment }: Loose) => [what, by?.name, to?.name, comment])).toEqual([
    ['created', undefined, undefined, null],
    ['claimed', 'Ann', undefined, null],
    ['delegated', 'Ann', 'Bob', 'On leave'],
    ['assigned', 'Boss', 'Ann', null],
  ]);
  // The instance's page says it by name, too, and which visit of the node the task belongs to.
  const { instanceId } = await look(ann.cookie, task);
  const instance = (await server.procedure(admin.cookie, 'query', 'instances.get', { id: instanceId })).data;
  expect(instance.people.map(({ name }: Loose) => name)).toEqual(expect.arrayContaining(['Ann', 'Bob', 'Boss']));
  expect(instance.tasks).toMatchObject({
    rows: [{ id: task, node: 'ask', step: 'ask#1' }],
    count: { value: 1, exact: true },
    nextCursor: null,
  });
  const told = await until(async () => {
    const found = await noticesAbout(task);
    return found.length >= 3 ? found : undefined;
  }, 'people are told');
  expect(told.map(({ kind, recipient }) => [kind, recipient]).sort()).toEqual(
    [
      ['task.new', `${ann.id}@example.com`],
      ['task.assigned', `${bob.id}@example.com`],
      ['task.assigned', `${ann.id}@example.com`],
    ].sort(),
  );
});

test('W5 an escalation brings the task to others, frees it, and everybody in the group is told once', async () => {
  const [ann, boss] = await Promise.all([server.signIn('approver', 'Ann'), server.signIn('approver', 'Head')]);
  const group = await server.database.prisma.group.create({
    data: { id: 'heads', name: 'Heads', createdBy: 'test', members: { create: { userId: boss.id } } },
  });
  const task = await taskWith({
    candidates: [ann.id],
    escalateAfter: '1500ms',
    escalateTo: [group.name],
    escalatePriority: 90,
    webhook: 'https://hooks.example.com/tasks',
  });
  await ask(ann.cookie, 'tasks.claim', { id: task });
  expect((await server.procedure(boss.cookie, 'query', 'tasks.get', { id: task })).error?.code).toBe('task.unknown');
  const seen = await until(async () => {
    const { data } = await server.procedure(boss.cookie, 'query', 'tasks.get', { id: task });
    return data?.escalatedAt ? data : undefined;
  }, 'it is escalated');
  expect(seen).toMatchObject({ priority: 90, holders: [], candidates: [ann.id, 'Heads'] });
  expect(seen.schedule).toMatchObject([{ what: 'escalation', done: true, to: ['Heads'] }]);
  const told = await until(async () => {
    const found = await noticesAbout(task);
    return found.some(({ kind }) => kind === 'task.reminder') ? found : undefined;
  }, 'the head is told');
  expect(told.filter(({ kind }) => kind === 'task.reminder').map(({ recipient }) => recipient)).toEqual([`${boss.id}@example.com`]);
  expect(told.filter(({ channel }) => channel === 'webhook').map(({ recipient }) => recipient)).toContain(
    'https://hooks.example.com/tasks',
  );
  expect(await server.database.prisma.humanTaskChange.count({ where: { taskId: task } })).toBe(0);
});

test('W6 what is put off is out of the way until then, for that person alone', async () => {
  const [ann, bob] = await Promise.all([server.signIn('approver', 'Ann'), server.signIn('approver', 'Bob')]);
  const task = await taskWith({ candidates: [ann.id, bob.id] });
  const views = async (cookie: string) => {
    const holding: string[] = [];
    for (const view of ['mine', 'available', 'followUp', 'all']) {
      const { rows } = (await server.procedure(cookie, 'query', 'tasks.list', { view })).data;
      if (rows.some((row: Loose) => row.id === task)) holding.push(view);
    }
    return holding;
  };
  expect(await views(ann.cookie)).toEqual(['available', 'all']);
  expect((await ask(ann.cookie, 'tasks.followUp', { id: task, at: new Date(Date.now() + 3_600_000).toISOString() })).status).toBe(200);
  expect(await views(ann.cookie)).toEqual(['followUp', 'all']);
  expect(await views(bob.cookie)).toEqual(['available', 'all']);
  await ask(ann.cookie, 'tasks.followUp', { id: task, at: null });
  expect(await views(ann.cookie)).toEqual(['available', 'all']);
});

test('W7 comments are for who sees the task; whoever is mentioned is told, without its words', async () => {
  const [ann, bob, other] = await Promise.all([
    server.signIn('approver', 'Ann'),
    server.signIn('approver', 'Bob'),
    server.signIn('approver', 'Eve'),
  ]);
  const task = await taskWith({ candidates: [ann.id, bob.id] });
  const said = await ask(ann.cookie, 'tasks.comment', { id: task, text: 'The <b>price</b> is too high', mentions: [bob.id] });
  expect(said.data).toMatchObject({ by: { name: 'Ann' }, mentions: [{ name: 'Bob' }] });
  expect((await server.procedure(bob.cookie, 'query', 'tasks.comments', { id: task })).data).toMatchObject([
    { text: 'The <b>price</b> is too high' },
  ]);
  expect((await server.procedure(other.cookie, 'query', 'tasks.comments', { id: task })).error.code).toBe('task.unknown');
  expect((await ask(ann.cookie, 'tasks.comment', { id: task, text: 'x', mentions: ['nobody'] })).error.code).toBe('task.unknown-person');
  const [mail] = await server.database.prisma.notice.findMany({ where: { dedupeKey: { startsWith: `task/${task}/comment/` } } });
  expect(mail).toMatchObject({ recipient: `${bob.id}@example.com`, subject: 'Ann mentioned you' });
  expect(mail?.text).not.toContain('price');
});

test('W7 of more comments than are shown at once the latest are shown, in their order', async () => {
  const task = await taskWith({});
  const ann = await server.signIn('approver', 'Ann');
  await server.database.prisma.humanTaskComment.createMany({
    data: Array.from({ length: 1_005 }, (_, n) => ({
      id: `${task}-${n}`,
      taskId: task,
      by: ann.id,
      at: new Date(n * 1_000),
      text: `${n}`,
    })),
  });
  await ask(ann.cookie, 'tasks.comment', { id: task, text: 'The latest', mentions: [] });
  const shown = (await server.procedure(ann.cookie, 'query', 'tasks.comments', { id: task })).data as { text: string }[];
  expect(shown).toHaveLength(1_000);
  expect([shown[0]?.text, shown[998]?.text, shown[999]?.text]).toEqual(['6', '1004', 'The latest']);
});

test('W8 files: what they are is told by their content, they come back as downloads, and only to who sees the task', async () => {
  const [ann, other] = await Promise.all([server.signIn('approver', 'Ann'), server.signIn('approver', 'Eve')]);
  const task = await taskWith({ candidates: [ann.id] });
  const send = async (name: string, content: Uint8Array<ArrayBuffer>, cookie = ann.cookie) => {
    const url = `${server.origin}/api/tasks/${task}/files?name=${encodeURIComponent(name)}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { cookie, origin: server.origin, 'content-type': 'application/octet-stream' },
      body: content,
    });
    return { status: answer.status, body: (await answer.json()) as Loose };
  };
  const pdf = new Uint8Array(1_300_000).fill(7);
  pdf.set(new TextEncoder().encode('%PDF-1.7'));
  const added = await send('../../Rechnung „März“\u202e.pdf', pdf);
  expect([added.status, added.body.name, added.body.type, added.body.bytes]).toEqual([
    201,
    'Rechnung „März“.pdf',
    'application/pdf',
    1_300_000,
  ]);
  expect((await send('page.pdf', new TextEncoder().encode('<html><script>alert(1)</script>'))).body.type).toBe('text/plain');
  expect((await send('run.pdf', new Uint8Array([0x4d, 0x5a, 0, 1]))).body.error.code).toBe('file.refused');
  expect((await send('a.txt', new TextEncoder().encode('x'), other.cookie)).body.error.code).toBe('task.unknown');
  expect((await send('big.pdf', new Uint8Array(26 * 1_048_576))).status).toBe(413);
  const read = (cookie: string) => fetch(`${server.origin}/api/tasks/${task}/files/${added.body.id}`, { headers: { cookie } });
  const file = await read(ann.cookie);
  expect(
    Object.fromEntries(['content-type', 'x-content-type-options', 'content-disposition'].map((name) => [name, file.headers.get(name)])),
  ).toEqual({
    'content-type': 'application/pdf',
    'x-content-type-options': 'nosniff',
    'content-disposition': `attachment; filename="Rechnung _M_rz_.pdf"; filename*=UTF-8''Rechnung%20%E2%80%9EM%C3%A4rz%E2%80%9C.pdf`,
  });
  expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(pdf))).toBe(true);
  expect((await read(other.cookie)).status).toBe(404);
  expect((await look(ann.cookie, task)).files).toHaveLength(2);
  expect((await ask(ann.cookie, 'tasks.removeFile', { id: task, file: added.body.id })).status).toBe(200);
  expect(await server.database.prisma.humanTaskFilePart.count({ where: { fileId: added.body.id } })).toBe(0);
});

test('W12 what is written beside a task that is purged in that moment is refused like for a task there is not, and nothing of it stays', async () => {
  const { prisma } = server.database;
  const ann = await server.signIn('approver', 'Ann');
  const file = (id: string) =>
    server.call('POST', `/api/tasks/${id}/files?name=a.txt`, {
      cookie: ann.cookie,
      text: 'content',
      headers: { 'content-type': 'application/octet-stream' },
    });
  const writes: Record<string, (id: string) => Promise<Loose>> = {
    draft: (id) => ask(ann.cookie, 'tasks.saveDraft', { id, data: { n: 1 } }),
    comment: (id) => ask(ann.cookie, 'tasks.comment', { id, text: 'Wait', mentions: [ann.id] }),
    followUp: (id) => ask(ann.cookie, 'tasks.followUp', { id, at: new Date(Date.now() + 86_400_000).toISOString() }),
    file: async (id) => {
      const { status, body } = await file(id);
      return { status, error: body.error };
    },
  };
  for (const [name, write] of Object.entries(writes)) {
    const id = await taskWith({});
    const answer = await duringUncommitted(
      (tx) => tx.humanTask.delete({ where: { id } }),
      () => write(id),
    );
    expect(answer, name).toMatchObject({ status: 404, error: { code: 'task.unknown' } });
    expect(await prisma.auditEntry.count({ where: { target: `task:${id}` } }), name).toBe(0);
    expect(await prisma.notice.count({ where: { dedupeKey: { startsWith: `task/${id}/comment` } } })).toBe(0);
  }
});

test('W8 of two who remove one file the second is told that it is gone, and one removal is recorded', async () => {
  const { prisma } = server.database;
  const ann = await server.signIn('approver', 'Ann');
  const id = await taskWith({});
  const headers = { 'content-type': 'application/octet-stream' };
  const { body: added } = await server.call('POST', `/api/tasks/${id}/files?name=a.txt`, { cookie: ann.cookie, text: 'content', headers });
  const second = await duringUncommitted(
    (tx) => tx.humanTaskFile.delete({ where: { id: added.id } }),
    () => ask(ann.cookie, 'tasks.removeFile', { id, file: added.id }),
  );
  expect(second).toMatchObject({ status: 404, error: { code: 'file.unknown' } });
  expect(await prisma.auditEntry.count({ where: { target: `task:${id}`, action: 'task.remove-file' } })).toBe(0);
});

test('W9 several at once: what qualifies is decided, and for the rest it is said why not', async () => {
  const ann = await server.signIn('approver', 'Ann');
  const bob = await server.signIn('approver', 'Bob');
  const tasks = [];
  for (let n = 0; n < 3; n++) tasks.push(await taskWith({ candidates: [ann.id, bob.id] }, { key: 'several' }));
  const strange = await taskWith({ candidates: [ann.id] });
  const form = await taskWith({
    candidates: [ann.id],
    formSchema: { type: 'object', required: ['why'], properties: { why: { type: 'string' } } },
  });
  await ask(bob.cookie, 'tasks.claim', { id: tasks[1] ?? '' });
  const ids = [...tasks, strange, form, 'none'];
  const preview = (await server.procedure(ann.cookie, 'query', 'tasks.bulkPreview', { ids })).data;
  expect(preview.outcomes.map(({ port }: Loose) => port)).toEqual(['approved', 'rejected']);
  expect(preview.items.map(({ refusal }: Loose) => refusal)).toEqual([
    null,
    'Bob has this task.',
    null,
    'It is a task of another kind than the first one.',
    'Its form has fields that must be filled in.',
    'There is no such task, or it is not yours to see.',
  ]);
  const done = (await ask(ann.cookie, 'tasks.bulkDecide', { ids, outcome: 'approved' })).data;
  expect(done.items.map(({ ok }: Loose) => ok)).toEqual([true, false, true, false, false, false]);
  expect((await look(ann.cookie, tasks[0] ?? '')).status).toBe('decided');
});

test('W11 a task is found by the beginnings of its words', async () => {
  const ann = await server.signIn('approver', 'Ann');
  const task = await taskWith({ candidates: [ann.id], title: 'Approve ORD-48207', context: { customer: 'Nordsee AG' } });
  const found = async (text: string, view = 'all') =>
    (await server.procedure(ann.cookie, 'query', 'tasks.list', { view, text })).data.rows.map((row: Loose) => row.id);
  for (const text of ['48207', 'ord-482', 'nords approve', 'NORDSEE']) expect(await found(text), text).toEqual([task]);
  expect(await found('48208')).toEqual([]);
  expect(await found("');--")).toContain(task); // no word at all: as if nothing was asked
  expect(await found('48207', 'closed')).toEqual([]);
});

test('W10 an approval after the deadline is told that it has passed', async () => {
  const ann = await server.signIn('approver', 'Ann');
  const task = await taskWith({ candidates: [ann.id], deadline: '200ms' });
  await until(async () => ((await look(ann.cookie, task))?.status === 'expired' ? true : undefined), 'it expires');
  const late = await ask(ann.cookie, 'tasks.decide', { id: task, outcome: 'approved', data: {} });
  expect([late.error.code, late.error.message]).toEqual(['task.gone', 'The deadline of this task has passed.']);
});

type Transaction = Parameters<Parameters<TestServer['database']['prisma']['$transaction']>[0]>[0];

/** Asks while a change is made and not yet committed, which is when it waits for that; gives what it is answered once it is. */
async function duringUncommitted(change: (tx: Transaction) => Promise<unknown>, write: () => Promise<Loose>): Promise<Loose> {
  const { prisma } = server.database;
  const { asked } = await prisma.$transaction(
    async (tx) => {
      await change(tx);
      const begun = { asked: write() };
      await until(async () => {
        const [row] = await prisma.$queryRaw<{ waits: boolean }[]>`
          SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()) AS waits`;
        return row?.waits || undefined;
      }, 'the request waits for the change');
      return begun;
    },
    { timeout: 30_000 },
  );
  return asked;
}
