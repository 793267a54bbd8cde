import { drawWorkflow } from '@perdure/testing';
import type { InstanceId } from '@perdure/engine';
import { median, nextId, runMany, startBenchRuntime, type BenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';
import { followOverSocket } from './instance-socket.ts';
import { startServerProcess } from '@perdure/testing/server-process';

const document = drawWorkflow(
  {
    start: { type: 'start' },
    again: { type: 'loop', config: { mode: 'while', condition: 'true', maxPasses: null } },
    wait: { type: 'event', parent: 'again', config: { name: 'go' } },
    done: { type: 'end' },
  },
  ['start -> again', 'again.body -> wait', 'again -> done'],
);

/** EventRaised, EventReceived, PassEnded, PassStarted, EventAwaited. */
const eventsPerTurn = 5;
const longLength = 50_000;
const shortLength = 100;

/** A turn of an instance with 50,000 events compared with one of 100, and how long its page takes to open. */
export async function longHistory(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, document);
  const long = nextId('long');
  const figures: Record<string, number> = {};
  try {
    await bench.start(long);
    await grow(bench, long, longLength);
    const long_ = { wallMs: [] as number[], cpuMs: [] as number[] };
    const short = { wallMs: [] as number[], cpuMs: [] as number[] };
    // In turns, so that both meet the same machine; a new short one each time, because turns make it longer.
    for (let round = 0; round < 40; round += 1) {
      const id = nextId('short');
      await bench.start(id);
      await grow(bench, id, shortLength);
      for (const [instance, into] of [
        [id, short],
        [long, long_],
      ] as const) {
        const cpuBefore = process.cpuUsage();
        for (let i = 0; i < 10; i += 1) {
          const startedAt = performance.now();
          await raise(bench, instance);
          into.wallMs.push(performance.now() - startedAt);
        }
        const { user, system } = process.cpuUsage(cpuBefore);
        into.cpuMs.push((user + system) / 1_000 / 10);
      }
    }
    figures['turnMs'] = median(long_.wallMs);
    figures['turnMsAt100'] = median(short.wallMs);
    figures['turnRatio'] = median(long_.wallMs) / median(short.wallMs);
    figures['turnCpuRatio'] = median(long_.cpuMs) / median(short.cpuMs);
  } finally {
    await bench.stop();
  }
  return { ...figures, ...(await open(environment, bench.databaseUrl, long)) };
}

async function grow(bench: BenchRuntime, id: InstanceId, length: number): Promise<void> {
  await runMany(Math.ceil(length / eventsPerTurn), 500, () => raise(bench, id));
}

let raised = 0;

async function raise(bench: BenchRuntime, id: InstanceId): Promise<void> {
  raised += 1;
  const sent = await bench.runtime.send(id, { type: 'RaiseEvent', id: `go-${raised}`, name: 'go', data: null, by: 'bench' });
  if (!sent.ok) throw new Error(sent.message);
}

/** What the instance's page asks for, until it has everything: the facts over HTTP, and the whole history over the WebSocket. */
async function open(environment: BenchEnvironment, databaseUrl: string, id: InstanceId): Promise<Record<string, number>> {
  const server = await startServerProcess({ databaseUrl, redisUrl: environment.redisUrl });
  try {
    const cookie = await server.signIn();
    const whole: number[] = [];
    const facts: number[] = [];
    const first: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const startedAt = performance.now();
      const reading = fetch(`${server.origin}/trpc/instances.get?input=${encodeURIComponent(JSON.stringify({ id }))}`, {
        headers: { cookie },
      });
      const following = new Promise<void>((settle, fail) => {
        let socket: { close(): void } | undefined;
        followOverSocket(server.origin, cookie, id, (events) => {
          if (first.length === run) first.push(performance.now() - startedAt);
          if ((events.at(-1)?.seq ?? 0) < longLength) return;
          socket?.close();
          settle();
        }).then((opened) => (socket = opened), fail);
      });
      const answer = await reading;
      if (!answer.ok) throw new Error(`instances.get answered ${answer.status}: ${await answer.text()}`);
      await answer.text();
      facts.push(performance.now() - startedAt);
      await following;
      whole.push(performance.now() - startedAt);
    }
    return { openMs: median(whole), openFactsMs: median(facts), openFirstEventsMs: median(first) };
  } finally {
    await server.stop();
  }
}
