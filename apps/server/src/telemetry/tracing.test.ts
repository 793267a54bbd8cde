import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createHttpActivity } from '@perdure/activities';
import { instanceId } from '@perdure/engine';
import { createRuntime } from '@perdure/runtime';
import { drawWorkflow, eventually, publishWorkflow, startTestPostgres } from '@perdure/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer } from '../test-support/test-server.ts';
import { startOtlpTracing } from './otlp-tracing.ts';
import { formatTraceParent, parseTraceParent } from './trace-context.ts';
import { createTracing, type Tracing } from './tracing.ts';

const callerTrace = '0af7651916cd43dd8448eb211c80319c';
const callerParent = `00-${callerTrace}-b7ad6b7169203331-01`;
const startPath = '/runtime/webhooks/durabletask/orchestrators/caller';

let receiver: Server;
let received: (string | undefined)[];
let address: string;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  received = [];
  receiver = createServer((request, response) => {
    received.push(request.headers['traceparent'] as string | undefined); // never a list
    response.end('ok');
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`; // a TCP server
});

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  receiver.closeAllConnections();
  await new Promise((done) => receiver.close(done));
});

function collect(): { tracing: Tracing; spans: () => readonly ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { tracing: createTracing(provider, { version: 'test', heedsParents: true }), spans: () => exporter.getFinishedSpans() };
}

const named = (spans: readonly ReadableSpan[], name: string): ReadableSpan[] => spans.filter((span) => span.name === name);
const parentOf = (span: ReadableSpan | undefined): string | undefined => span?.parentSpanContext?.spanId;

function caller(): ReturnType<typeof drawWorkflow> {
  return drawWorkflow(
    {
      start: { type: 'start' },
      wait: { type: 'event', config: { name: 'go' } },
      call: { type: 'http', config: { method: 'GET', url: address } },
      done: { type: 'end' },
    },
    ['start -> wait', 'wait -> call', 'call -> done'],
  );
}

async function serverWithCaller(tracing?: Tracing): Promise<Awaited<ReturnType<typeof startTestServer>>> {
  const server = await startTestServer(tracing === undefined ? {} : { tracing });
  undo.push(() => server.stop());
  const created = await server.call('POST', '/api/workflows', { body: { key: 'caller', title: 'Caller', document: caller() as never } });
  expect(created.status).toBeLessThan(300);
  const published = await server.call('POST', '/api/workflows/caller/publish', { body: {} });
  expect(published.status).toBeLessThan(300);
  return server;
}

describe('traces', () => {
  it('lead from the request through turns to the activity and on to whom it calls, also across a restart', async () => {
    const postgres = await startTestPostgres();
    undo.push(() => postgres.stop());
    await publishWorkflow(postgres.url, 'caller', caller());
    const http = createHttpActivity({ allow: [{ origin: address, pathPrefix: '/' }] });
    undo.push(() => http.close());
    const options = { databaseUrl: postgres.url, redisUrl: null, worker: true, activities: [http], force: true };
    const id = instanceId('traced');
    const before = collect();
    const first = await createRuntime({ ...options, observer: before.tracing.observer });
    await first.start({ workflow: 'caller', version: null, input: {}, startedBy: 'test', instanceId: id, traceParent: callerParent });
    await first.stop();
    expect(named(before.spans(), 'turn caller').map(parentOf)).toEqual(['b7ad6b7169203331']);

    // Another process, which has nothing but the database.
    const after = collect();
    const second = await createRuntime({ ...options, observer: after.tracing.observer });
    undo.push(() => second.stop());
    const cause = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    await second.send(id, { type: 'RaiseEvent', id: 'e', name: 'go', data: null, by: 'test', traceParent: cause });
    await eventually('the instance ends', () => (named(after.spans(), 'turn caller').length >= 2 ? true : undefined));
    const [woken, last] = named(after.spans(), 'turn caller');
    const [activity] = named(after.spans(), 'activity http');
    expect([woken, last, activity].map((span) => span?.spanContext().traceId)).toEqual([callerTrace, callerTrace, callerTrace]);
    expect([woken, last].map(parentOf)).toEqual(['b7ad6b7169203331', 'b7ad6b7169203331']);
    expect(woken?.links.map(({ context }) => context.traceId)).toEqual(['c'.repeat(32)]);
    expect(parentOf(activity)).toBe(woken?.spanContext().spanId);
    expect(received).toEqual([formatTraceParent(activity?.spanContext() ?? { traceId: '', spanId: '', traceFlags: 0 })]);
  });

  it('skip what the caller did not sample, and pass its context on', async () => {
    const postgres = await startTestPostgres();
    undo.push(() => postgres.stop());
    await publishWorkflow(postgres.url, 'caller', caller());
    const http = createHttpActivity({ allow: [{ origin: address, pathPrefix: '/' }] });
    undo.push(() => http.close());
    const { tracing, spans } = collect();
    const runtime = await createRuntime({
      databaseUrl: postgres.url,
      redisUrl: null,
      worker: true,
      activities: [http],
      observer: tracing.observer,
    });
    undo.push(() => runtime.stop());
    const id = instanceId('unsampled');
    const traceParent = callerParent.replace(/1$/, '0');
    await runtime.start({ workflow: 'caller', version: null, input: {}, startedBy: 'test', instanceId: id, traceParent });
    await runtime.send(id, { type: 'RaiseEvent', id: 'e', name: 'go', data: null, by: 'test' });
    await eventually('it is called', () => (received.length > 0 ? true : undefined));
    expect(received).toEqual([traceParent]);
    expect(spans()).toEqual([]);
  });

  it('begin at the request, under the context it brought', async () => {
    const { tracing, spans } = collect();
    const server = await serverWithCaller(tracing);
    const answer = await server.call('POST', startPath, { body: {}, headers: { traceparent: callerParent } });
    expect(answer.status).toBe(202);
    const [request] = await eventually('the request ended', () => {
      const found = spans().filter((span) => span.name.startsWith('POST ') && span.spanContext().traceId === callerTrace);
      return found.length > 0 ? found : undefined;
    });
    expect(request?.attributes['http.route']).toBe('/runtime/webhooks/durabletask/orchestrators/:workflowKey');
    expect(parentOf(request)).toBe('b7ad6b7169203331');
    const [turn] = named(spans(), 'turn caller');
    expect([turn?.spanContext().traceId, parentOf(turn)]).toEqual([callerTrace, request?.spanContext().spanId]);
  });

  it('are not there, and store nothing, when nobody asked for them', async () => {
    expect(await startOtlpTracing({}, 'test')).toBeNull();
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    expect(await startOtlpTracing({ ...endpoint, OTEL_SDK_DISABLED: 'true' }, 'test')).toBeNull();
    await expect(startOtlpTracing({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'test')).rejects.toThrow(/http\/protobuf only/);
    const server = await serverWithCaller();
    const { body } = await server.call('POST', startPath, { body: {}, headers: { traceparent: callerParent } });
    const [event] = await server.runtime.eventsAfter(instanceId(body.id), 0, 1);
    expect(event?.type).toBe('ExecutionStarted');
    expect(event).not.toHaveProperty('traceParent');
  });
});

it.each([
  [callerParent, true],
  [`${callerParent.replace(/^00/, 'cc')}-later`, true],
  [callerParent.replace(/^00/, 'ff'), false],
  [`${callerParent}-more`, false],
  [callerParent.toUpperCase(), false],
  [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, false],
  [`00-${callerTrace}-${'0'.repeat(16)}-01`, false],
  ['', false],
  [undefined, false],
])('a context is read, or taken for none: %s', (text, isContext) => {
  expect(parseTraceParent(text) !== undefined).toBe(isContext);
});
