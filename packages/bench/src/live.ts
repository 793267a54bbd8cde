import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEvent } from '@perdure/engine';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { percentile } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';
import { followOverSocket } from './instance-socket.ts';
import { startServerProcess } from '@perdure/testing/server-process';

/** Four passes a second, five events each: TimerFired, VariablesSet, PassEnded, PassStarted, TimerCreated. */
const ticking = drawWorkflow(
  {
    start: { type: 'start' },
    again: { type: 'loop', config: { mode: 'while', condition: 'true', maxPasses: null } },
    tick: { type: 'timer', parent: 'again', config: { mode: 'for', value: 250 } },
    note: { type: 'setVariables', parent: 'again', config: { variables: { ticked: { expr: 'index' } } } },
    done: { type: 'end' },
  },
  ['start -> again', 'again.body -> tick', 'tick -> note', 'again -> done'],
);

const clients = 50;
const settleMs = 3_000;
const measureMs = 10_000;

/**
 * 50 instances with 20 history events a second each, on the real server with its worker inside; 50 clients follow one each, half over the web app's
 * WebSocket, half over server-sent events. Milliseconds from an event's own moment, which lies before its commit, until the client has it.
 */
export async function live(environment: BenchEnvironment): Promise<Record<string, number>> {
  const databaseUrl = await environment.freshDatabase();
  await publishWorkflow(databaseUrl, 'ticking', ticking);
  const server = await startServerProcess({ databaseUrl, redisUrl: environment.redisUrl });
  const closing = new AbortController();
  const sockets: { close(): void }[] = [];
  try {
    const cookie = await server.signIn();
    const socket: number[] = [];
    const stream: number[] = [];
    let measuring = false;
    const receive = (into: number[]) => (events: readonly HistoryEvent[]) => {
      if (!measuring) return;
      const now = Date.now();
      for (const event of events) into.push(now - event.at);
    };
    for (let i = 0; i < clients; i += 1) {
      const id = `ticking-${i}`;
      const answer = await fetch(`${server.origin}/runtime/webhooks/durabletask/orchestrators/ticking/${id}`, {
        method: 'POST',
        headers: { 'x-functions-key': server.apiKey },
      });
      if (answer.status !== 202) throw new Error(`The start answered ${answer.status}: ${await answer.text()}`);
      await answer.text();
      if (i % 2 === 0) sockets.push(await followOverSocket(server.origin, cookie, id, receive(socket)));
      else void followOverStream(server.origin, server.apiKey, id, closing.signal, receive(stream));
    }
    await sleep(settleMs);
    const before = environment.cpu();
    const startedAt = performance.now();
    measuring = true;
    await sleep(measureMs);
    measuring = false;
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = environment.cpu();
    socket.sort((a, b) => a - b);
    stream.sort((a, b) => a - b);
    const all = [...socket, ...stream].sort((a, b) => a - b);
    return {
      eventsPerSecond: all.length / seconds,
      p50Ms: percentile(all, 0.5),
      p95Ms: percentile(all, 0.95),
      socketP95Ms: percentile(socket, 0.95),
      streamP95Ms: percentile(stream, 0.95),
      postgresCpuPercent: ((after.postgres - before.postgres) * 100) / seconds,
    };
  } finally {
    closing.abort();
    for (const socket of sockets) socket.close();
    await server.stop();
  }
}

async function followOverStream(
  origin: string,
  key: string,
  id: string,
  signal: AbortSignal,
  onEvents: (events: readonly HistoryEvent[]) => void,
): Promise<void> {
  try {
    const answer = await fetch(`${origin}/api/instances/${id}/events`, { headers: { 'x-functions-key': key }, signal });
    if (!answer.ok || answer.body === null) throw new Error(`The event stream answered ${answer.status}.`);
    // Web and Node streams name the same thing by two types.
    const lines = createInterface({ input: Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]) });
    // Every `data` line of this stream is one history event, but for the last one's `{}`.
    for await (const line of lines) if (line.startsWith('data: {"')) onEvents([JSON.parse(line.slice(6)) as HistoryEvent]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
