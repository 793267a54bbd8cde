import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Loose, startTestServer, testKey, type TestServer, until } from '../../test-support/test-server.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const status = (id: string, query = '') => server.call('GET', `${root}/instances/${id}${query}`);
const finished = (id: string) =>
  until(async () => ((await status(id)).status === 200 ? (await status(id)).body : undefined), `${id} finishes`);
const waitingOrder = async (id: string) => {
  await server.call('POST', `${root}/orchestrators/order-approval/${id}`, { body: {} });
  await until(async () => (await status(id)).body.customStatus?.phase === 'approval', `${id} waits for approval`);
};

describe('start', () => {
  test('answers 202 with Location, Retry-After and the management addresses', async () => {
    const answer = await server.call('POST', `${root}/orchestrators/conference-booking/start-1`, { body: {} });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(answer.headers.get('location')).toBe(answer.body.statusQueryGetUri);
    expect(Object.keys(answer.body).sort()).toEqual([
      'id',
      'purgeHistoryDeleteUri',
      'restartPostUri',
      'resumePostUri',
      'rewindPostUri',
      'sendEventPostUri',
      'statusQueryGetUri',
      'suspendPostUri',
      'terminatePostUri',
    ]);
    expect(answer.body.id).toBe('start-1');
    expect(answer.body.sendEventPostUri).toContain('/instances/start-1/raiseEvent/{eventName}');
    expect(JSON.stringify(answer.body)).not.toContain(testKey);
  });

  test('repeats a key that came in the query in the addresses, so that following them works', async () => {
    const answer = await server.call('POST', `${root}/orchestrators/conference-booking?code=${testKey}`, { body: {}, key: null });
    expect(answer.status).toBe(202);
    const followed = await fetch(answer.body.statusQueryGetUri.replace('localhost', '127.0.0.1'));
    expect([200, 202]).toContain(followed.status);
  });

  test('makes an id when none is given, and takes a start without a body', async () => {
    const answer = await server.call('POST', `${root}/orchestrators/conference-booking`);
    expect(answer.status).toBe(202);
    expect(answer.body.id.length).toBeGreaterThan(10);
    expect((await finished(answer.body.id)).runtimeStatus).toBe('Completed');
  });

  test('with timeout answers 200 with the output once it completes', async () => {
    const answer = await server.call('POST', `${root}/orchestrators/conference-booking?timeout=15`, { body: { city: 'Porto' } });
    expect(answer.status).toBe(200);
    expect(answer.body.traveller).toBe('Aiko Tanaka');
    expect(answer.body.flight).toMatch(/^FL-/);
    expect(answer.body.total).toBeGreaterThan(0);
  });

  test('with timeout answers 202 when it does not complete in time', async () => {
    const answer = await server.call('POST', `${root}/orchestrators/order-approval?timeout=0.2`, { body: {} });
    expect(answer.status).toBe(202);
  });

  test('refuses the id of a live instance with 409 and replaces a finished one', async () => {
    await waitingOrder('twice');
    const refused = await server.call('POST', `${root}/orchestrators/order-approval/twice`, { body: {} });
    expect(refused.status).toBe(409);
    expect(refused.body.error.code).toBe('instance.exists');
    await server.call('POST', `${root}/instances/twice/terminate?reason=test`);
    expect((await finished('twice')).runtimeStatus).toBe('Terminated');
    expect((await server.call('POST', `${root}/orchestrators/conference-booking/twice`, { body: {} })).status).toBe(202);
    expect((await finished('twice')).name).toBe('conference-booking');
  });

  test('answers 400 for an unknown workflow, an impossible id and an input that does not fit', async () => {
    const unknown = await server.call('POST', `${root}/orchestrators/nothing`, { body: {} });
    expect([unknown.status, unknown.body.error.code]).toEqual([400, 'workflow.unknown']);
    const id = await server.call('POST', `${root}/orchestrators/conference-booking/${encodeURIComponent('@x')}`, { body: {} });
    expect([id.status, id.body.error.code]).toEqual([400, 'input.invalid']);
    const input = await server.call('POST', `${root}/orchestrators/order-approval/misfit`, { body: { amount: -1 } });
    expect([input.status, input.body.error.code]).toEqual([400, 'input.invalid']);
    expect(input.body.error.details[0].field).toBe('input.amount');
    expect((await status('misfit')).status).toBe(404);
  });

  test('fills in the defaults of the input schema before it checks, for a sub-workflow as well; the stored input is the filled one', async () => {
    const node = (id: string, type: string, config: Json): Json => ({
      id,
      type,
      title: id,
      parent: null,
      position: { x: 0, y: 0 },
      config,
    });
    const create = async (key: string, nodes: Json[], links: [string, string][]) => {
      const edges = links.map(([source, target], at) => ({ id: `e${at}`, source, sourcePort: 'out', target }));
      const document = { formatVersion: 1, nodes, edges };
      expect((await server.call('POST', '/api/workflows', { body: { key, title: key, document } })).status).toBe(201);
      expect((await server.call('POST', `/api/workflows/${key}/publish`)).status).toBe(200);
    };
    const inputSchema = {
      type: 'object',
      required: ['city', 'days'],
      properties: { city: { type: 'string', default: 'Lisbon' }, days: { type: 'integer' } },
    };
    const given = node('end', 'end', { value: { expr: 'input' } });
    await create('trip', [node('start', 'start', { inputSchema }), given], [['start', 'end']]);
    const sub = node('sub', 'subWorkflow', { workflow: 'trip', input: { days: 2 } });
    const result = node('end', 'end', { value: { expr: 'steps.sub.output' } });
    await create(
      'trips',
      [node('start', 'start', {}), sub, result],
      [
        ['start', 'sub'],
        ['sub', 'end'],
      ],
    );
    const refused = await server.call('POST', `${root}/orchestrators/trip`, { body: {} });
    expect([refused.status, refused.body.error.details[0].message]).toEqual([400, expect.stringContaining('days')]);
    await server.call('POST', `${root}/orchestrators/trip/trip-1`, { body: { days: 3 } });
    expect(await finished('trip-1')).toMatchObject({ input: { city: 'Lisbon', days: 3 }, output: { city: 'Lisbon', days: 3 } });
    await server.call('POST', `${root}/orchestrators/trips/trips-1`, { body: {} });
    expect((await finished('trips-1')).output).toEqual({ days: 2, city: 'Lisbon' });
  });
});

describe('status', () => {
  test('has the documented fields, 202 while it runs and 200 when it has finished', async () => {
    await waitingOrder('fields');
    const running = await status('fields');
    expect(running.status).toBe(202);
    expect(running.headers.get('location')).toContain('/instances/fields');
    expect(running.body).toMatchObject({
      name: 'order-approval',
      instanceId: 'fields',
      runtimeStatus: 'Running',
      input: {},
      output: null,
      historyEvents: null,
    });
    expect(Date.parse(running.body.createdTime)).toBeLessThanOrEqual(Date.parse(running.body.lastUpdatedTime));
    await server.call('POST', `${root}/instances/fields/terminate?reason=enough`);
    await finished('fields');
    expect((await status('fields')).status).toBe(200);
  });

  test('shows the history in its own field names, a scheduling folded into its outcome', async () => {
    await server.call('POST', `${root}/orchestrators/conference-booking/history?timeout=15`, { body: {} });
    const { body } = await status('history', '?showHistory=true&showHistoryOutput=true');
    const types = body.historyEvents.map((event: Loose) => event.EventType);
    expect(types[0]).toBe('ExecutionStarted');
    expect(types.at(-1)).toBe('ExecutionCompleted');
    expect(types).not.toContain('TaskScheduled');
    const flight = body.historyEvents.find((event: Loose) => event.FunctionName === 'flight');
    expect(flight).toMatchObject({ EventType: 'TaskCompleted' });
    expect(flight.Result.body.confirmation).toMatch(/^FL-/);
    expect(Date.parse(flight.ScheduledTime)).toBeLessThanOrEqual(Date.parse(flight.Timestamp));
    expect(body.historyEvents.at(-1).OrchestrationStatus).toBe('Completed');
    const without = (await status('history', '?showHistory=true&showInput=false')).body;
    expect(without.historyEvents.find((event: Loose) => event.FunctionName === 'flight')).not.toHaveProperty('Result');
    expect(without.input).toBeNull();
  });

  test('answers 404 for an unknown instance', async () => {
    expect((await status('nobody')).status).toBe(404);
  });
});

describe('list', () => {
  test('filters by prefix, status and time, and pages by continuation token without gap or repetition', async () => {
    for (let n = 0; n < 5; n++) await server.call('POST', `${root}/orchestrators/conference-booking/page-${n}?timeout=15`, { body: {} });
    const seen: string[] = [];
    let token: string | null = '';
    do {
      const page = await server.call('GET', `${root}/instances?instanceIdPrefix=page-&top=2&runtimeStatus=completed,Failed`, {
        headers: token ? { 'x-ms-continuation-token': token } : {},
      });
      expect(page.status).toBe(200);
      expect(page.body.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.map((row: Loose) => row.instanceId));
      token = page.headers.get('x-ms-continuation-token');
    } while (token);
    expect(seen).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
    expect((await server.call('GET', `${root}/instances?instanceIdPrefix=page-&createdTimeTo=2001-01-01T00:00:00Z`)).body).toEqual([]);
    expect((await server.call('GET', `${root}/instances?runtimeStatus=Sleeping`)).status).toBe(400);
  });
});

describe('commands', () => {
  test('raiseEvent: 202 live, 404 unknown, 410 finished, 400 not JSON', async () => {
    await waitingOrder('events');
    expect((await server.call('POST', `${root}/instances/events/raiseEvent/paid`, { body: { amount: 1 } })).status).toBe(202);
    expect((await server.call('POST', `${root}/instances/nobody/raiseEvent/paid`, { body: {} })).status).toBe(404);
    expect((await server.call('POST', `${root}/instances/events/raiseEvent/paid`, { text: '{broken' })).status).toBe(400);
    expect(
      (await server.call('POST', `${root}/instances/events/raiseEvent/paid`, { text: 'a', headers: { 'content-type': 'text/plain' } }))
        .status,
    ).toBe(400);
    await server.call('POST', `${root}/instances/events/terminate`);
    await finished('events');
    const late = await server.call('POST', `${root}/instances/events/raiseEvent/paid`, { body: {} });
    expect([late.status, late.body.error.code]).toEqual([410, 'instance.finished']);
  });

  test('suspend, resume and terminate: 202, 404 unknown, 410 finished', async () => {
    await waitingOrder('commands');
    const post = (path: string) => server.call('POST', `${root}/instances/${path}`);
    expect((await post('commands/suspend?reason=holiday')).status).toBe(202);
    expect((await status('commands')).body.runtimeStatus).toBe('Suspended');
    expect((await post('commands/suspend')).status).toBe(202);
    expect((await post('commands/resume?reason=back')).status).toBe(202);
    expect((await status('commands')).body.runtimeStatus).toBe('Running');
    expect((await post('commands/terminate?reason=over')).status).toBe(202);
    expect((await finished('commands')).runtimeStatus).toBe('Terminated');
    for (const command of ['suspend', 'resume', 'terminate']) {
      expect((await post(`commands/${command}`)).status).toBe(410);
      expect((await post(`nobody/${command}`)).status).toBe(404);
    }
  });

  test('purge: one instance, many by filter, 404 when there is none', async () => {
    await server.call('POST', `${root}/orchestrators/conference-booking/purge-1?timeout=15`, { body: {} });
    expect((await server.call('DELETE', `${root}/instances/purge-1`)).body).toEqual({ instancesDeleted: 1 });
    expect((await status('purge-1')).status).toBe(404);
    expect((await server.call('DELETE', `${root}/instances/purge-1`)).status).toBe(404);
    for (let n = 0; n < 3; n++)
      await server.call('POST', `${root}/orchestrators/conference-booking/purge-many-${n}?timeout=15`, { body: {} });
    // By the worker's clock, which under load is milliseconds apart from ours.
    const from = (await status('purge-many-0')).body.createdTime;
    expect((await server.call('DELETE', `${root}/instances?createdTimeFrom=${from}&runtimeStatus=Completed`)).body).toEqual({
      instancesDeleted: 3,
    });
    expect((await server.call('DELETE', `${root}/instances?createdTimeFrom=${from}`)).status).toBe(404);
  });
});
