import { edgeId, type Json, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

let number = 0;
async function order(): Promise<{ instance: string; task: string }> {
  const instance = `order-${++number}`;
  await server.call('POST', `${root}/orchestrators/order-approval/${instance}`, { body: {} });
  const row = await until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: instance } })) ?? undefined,
    'the task is there',
  );
  return { instance, task: row.id };
}

async function publishTaskFor(key: string, candidates: Json): Promise<string> {
  const document: WorkflowDocument = {
    formatVersion: 1,
    nodes: [
      { id: nodeId('start'), type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} },
      {
        id: nodeId('ask'),
        type: 'humanTask',
        title: 'Ask',
        parent: null,
        position: { x: 0, y: 80 },
        config: {
          title: 'Ask',
          candidates,
          formSchema: { type: 'object', required: ['reason'], properties: { reason: { type: 'string' } } },
          outcomes: [{ key: 'done', label: 'Done', tone: 'primary' }],
        },
      },
      {
        id: nodeId('end'),
        type: 'end',
        title: 'End',
        parent: null,
        position: { x: 0, y: 160 },
        config: { value: { expr: 'steps.ask.output' } },
      },
    ],
    edges: [
      { id: edgeId('a'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('ask') },
      { id: edgeId('b'), source: nodeId('ask'), sourcePort: portId('done'), target: nodeId('end') },
    ],
  };
  await server.call('POST', '/api/workflows', { body: { key, title: key, document: document as unknown as Json } });
  expect((await server.call('POST', `/api/workflows/${key}/publish`)).status).toBe(200);
  await server.call('POST', `${root}/orchestrators/${key}/${key}-1`, { body: {} });
  return (
    await until(
      async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: `${key}-1` } })) ?? undefined,
      'the task is there',
    )
  ).id;
}

test('T1 an approver claims, drafts, and decides; the instance completes with the decision', async () => {
  const { instance, task } = await order();
  const { cookie, id } = await server.signIn('approver', 'Aiko Tanaka');
  const ask = (path: string, input: Json) => server.procedure(cookie, 'mutation', path, input);
  const listed = await server.procedure(cookie, 'query', 'tasks.list', { view: 'available' });
  const row = listed.data.rows.find((one: Loose) => one.id === task);
  expect(row).toMatchObject({
    title: 'Approve order A-1042',
    excerpt: expect.stringMatching(/^Nordlicht AB, 12,480\.50 EUR$/),
    status: 'open',
    instanceId: instance,
  });
  expect((await ask('tasks.claim', { id: task })).status).toBe(200);
  const mine = await until(
    async () => (await server.procedure(cookie, 'query', 'tasks.list', { view: 'mine' })).data.rows.find((one: Loose) => one.id === task),
    'the task is mine',
  );
  expect(mine.assignee).toEqual({ id, name: 'Aiko Tanaka' });
  expect((await ask('tasks.saveDraft', { id: task, data: { note: 'half' } })).status).toBe(200);
  expect((await server.procedure(cookie, 'query', 'tasks.get', { id: task })).data.draft).toEqual({ note: 'half' });
  expect((await ask('tasks.decide', { id: task, outcome: 'approved', data: { paymentTerms: '14 days' }, comment: 'fine' })).status).toBe(
    200,
  );
  const done = await until(async () => {
    const answer = await server.call('GET', `${root}/instances/${instance}`);
    return answer.status === 200 ? answer.body : undefined;
  }, 'the order completes');
  expect(done.output).toMatchObject({ decision: 'approved', order: 'A-1042' });
  const detail = (await server.procedure(cookie, 'query', 'tasks.get', { id: task })).data;
  expect(detail).toMatchObject({ status: 'decided', outcome: 'approved', comment: 'fine', data: { paymentTerms: '14 days' }, draft: null });
  expect(detail.trail.map(({ what }: { what: string }) => what)).toEqual(['created', 'claimed', 'decided']);
});

test('T2 of twenty racing approvers one wins, and the nineteen others are told who (I11)', async () => {
  const { instance, task } = await order();
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => server.signIn('approver', `Approver ${n}`)));
  const answers = await Promise.all(
    people.map(({ cookie }) => server.procedure(cookie, 'mutation', 'tasks.decide', { id: task, outcome: 'rejected', data: {} })),
  );
  const winners = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
  expect(winners.length).toBe(1);
  for (const { error } of answers.filter(({ status }) => status !== 200)) {
    expect(error.code).toBe('task.already-decided');
    expect(error.message).toContain(`Approver ${winners[0]} rejected`);
    expect(error.details.by.name).toBe(`Approver ${winners[0]}`);
  }
  const late = await server.procedure(people[winners[0] === 0 ? 1 : 0]?.cookie ?? '', 'mutation', 'tasks.decide', {
    id: task,
    outcome: 'approved',
    data: {},
  });
  expect(late.error.message).toMatch(new RegExp(`^Already decided: Approver ${winners[0]} rejected at \\d\\d:\\d\\d\\.$`));
  expect(late.error.details.outcome).toBe('rejected');
  const decided = await server.database.prisma.historyEvent.count({ where: { instanceId: instance, type: 'HumanTaskDecided' } });
  expect(decided).toBe(1);
});

test('T2 of twenty who claim at once one has it, and the nineteen others are told who', async () => {
  const { task } = await order();
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => server.signIn('approver', `Claimer ${n}`)));
  const answers = await Promise.all(people.map(({ cookie }) => server.procedure(cookie, 'mutation', 'tasks.claim', { id: task })));
  const winners = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
  expect(winners.length).toBe(1);
  for (const { error } of answers.filter(({ status }) => status !== 200)) {
    expect(error.code).toBe('task.already-claimed');
    expect(error.message).toMatch(new RegExp(`^Claimer ${winners[0]} claimed this task at `));
  }
});

test('T3 a claimed task is kept from others, with name and time, until it is released', async () => {
  const { task } = await order();
  const [first, second] = await Promise.all([server.signIn('approver', 'Ben'), server.signIn('approver', 'Cleo')]);
  await server.procedure(first.cookie, 'mutation', 'tasks.claim', { id: task });
  await until(async () => (await server.procedure(second.cookie, 'query', 'tasks.get', { id: task })).data.assignee, 'the claim shows');
  const refused = await server.procedure(second.cookie, 'mutation', 'tasks.claim', { id: task });
  expect(refused.error.code).toBe('task.already-claimed');
  expect(refused.error.message).toMatch(/^Ben claimed this task at \d\d:\d\d\.$/);
  expect((await server.procedure(first.cookie, 'mutation', 'tasks.release', { id: task })).status).toBe(200);
  expect((await server.procedure(second.cookie, 'mutation', 'tasks.claim', { id: task })).status).toBe(200);
});

test('T4 candidates by e-mail see the task, others do not even learn that it exists (I12)', async () => {
  const [chosen, other] = await Promise.all([server.signIn('approver'), server.signIn('approver')]);
  const task = await publishTaskFor('for-one', [`${chosen.id}@EXAMPLE.com`]);
  expect((await server.procedure(chosen.cookie, 'query', 'tasks.get', { id: task })).status).toBe(200);
  for (const [type, path, input] of [
    ['query', 'tasks.get', { id: task }],
    ['mutation', 'tasks.claim', { id: task }],
    ['mutation', 'tasks.decide', { id: task, outcome: 'done', data: {} }],
  ] as const) {
    expect((await server.procedure(other.cookie, type, path, input)).error.code).toBe('task.unknown');
  }
  const listed = (await server.procedure(other.cookie, 'query', 'tasks.list', { view: 'all' })).data;
  expect(listed.rows.map((row: Loose) => row.id)).not.toContain(task);
  const all = (await server.procedure((await server.signIn('admin')).cookie, 'query', 'tasks.list', { view: 'all' })).data;
  expect(all.rows.map((row: Loose) => row.id)).toContain(task);
});

test('T5 the form is checked by its schema, and the outcome must be one of the task', async () => {
  const { cookie } = await server.signIn('approver');
  const task = await publishTaskFor('for-all', []);
  const decide = (outcome: string, data: Json) => server.procedure(cookie, 'mutation', 'tasks.decide', { id: task, outcome, data });
  const incomplete = await decide('done', {});
  expect([incomplete.status, incomplete.error.code]).toEqual([400, 'input.invalid']);
  expect(incomplete.error.details[0].message).toContain('reason');
  expect((await decide('perhaps', { reason: 'x' })).error.code).toBe('task.unknown-outcome');
  expect((await decide('done', { reason: 'x' })).status).toBe(200);
});

test('T6 lists page without gap or repetition in every order', async () => {
  const { cookie } = await server.signIn('admin');
  for (const sort of ['due', 'priority', 'created'] as const) {
    const whole = (await server.procedure(cookie, 'query', 'tasks.list', { view: 'all', sort })).data.rows.map((row: Loose) => row.id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Loose = (
        await server.procedure(cookie, 'query', 'tasks.list', { view: 'all', sort, limit: 2, ...(cursor ? { cursor } : {}) })
      ).data;
      paged.push(...page.rows.map((row: Loose) => row.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(whole);
  }
});

test('T7 what people do is in the audit log, and its chain holds until somebody touches it', async () => {
  const { sealAudit, verifyAudit } = await import('@perdure/database/write');
  const { prisma } = server.database;
  while ((await sealAudit(prisma)) > 0);
  const actions = (await prisma.auditEntry.findMany()).map(({ action }) => action);
  for (const action of ['workflow.publish', 'task.claim', 'task.release', 'task.decide', 'sign-in-link.create'])
    expect(actions).toContain(action);
  expect((await verifyAudit(prisma)).broken).toBeNull();
});
