/**
 * Named queues on Redis streams, one per queue, with one consumer group. A worker keeps its entries from being abandoned by claiming them
 * for itself again while it runs them; an entry nobody has touched for `abandonedAfterMs` goes to whoever asks next.
 * An entry names the run of the Redis server it was handed to, and is served in that run only: what a server finds again when it is started from
 * an old dump may have been done long since. Its owner misses it and hands it in anew.
 * A job is in its queue once, however many owners hand it in, one after the other (hand-in-job.lua).
 * Keys: `perdure:{incarnation}:queues` (set of names), `perdure:{incarnation}:q:<name>` (stream), `perdure:{incarnation}:jobs:<name>` (hash).
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { ActivityJob } from '../activity-runner.ts';
import type { ActivityQueue, Delivery } from '../ports/activity-queue.ts';

const handInJobLua = readFileSync(new URL('./hand-in-job.lua', import.meta.url), 'utf8');
const finishJobLua = readFileSync(new URL('./finish-job.lua', import.meta.url), 'utf8');

interface WithScripts {
  /** Keys and arguments as the scripts name them. */
  perdureHandInJob(...keysAndArguments: string[]): Promise<string>;
  perdureFinishJob(...keysAndArguments: string[]): Promise<null>;
}

const group = 'workers';
const blockMs = 1_000;

export interface RedisActivityQueueOptions {
  /** Jobs this process runs at once from queues. Default 16. */
  concurrency?: number;
  /** Default 15,000. */
  abandonedAfterMs?: number;
}

type Run = (job: ActivityJob, delivery: Delivery) => Promise<void>;
type Reply = [stream: string, entries: [id: string, fields: string[] | null][]][];

interface Entry {
  queue: string;
  id: string;
  /** Whether it may have been begun before. */
  again: boolean;
  serverRun: string;
}

export class RedisActivityQueue implements ActivityQueue {
  readonly #prefix: string;
  readonly #commands: Redis & WithScripts;
  readonly #reader: Redis;
  readonly #concurrency: number;
  readonly #abandonedAfterMs: number;
  readonly #running = new Map<string, { queue: string; id: string }>();
  /** The server's run id by connection, while that lasts. */
  readonly #serverRuns = new Map<Redis, Promise<string>>();
  #consumer = '';
  #keepAlive: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(url: string, incarnation: string, options: RedisActivityQueueOptions = {}) {
    this.#prefix = `perdure:{${incarnation}}:`;
    this.#concurrency = options.concurrency ?? 16;
    this.#abandonedAfterMs = options.abandonedAfterMs ?? 15_000;
    // Under RESP3 a raw XREADGROUP answers with a map in another shape.
    const connection = {
      protocol: 2 as const,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      connectTimeout: 2_000,
      retryStrategy: (attempt: number) => Math.min(100 * attempt, 2_000),
    };
    // defineCommand adds the methods at run time; ioredis cannot express their types.
    this.#commands = new Redis(url, { ...connection, commandTimeout: 2_000 }) as Redis & WithScripts;
    this.#commands.defineCommand('perdureHandInJob', { numberOfKeys: 3, lua: handInJobLua });
    this.#commands.defineCommand('perdureFinishJob', { numberOfKeys: 2, lua: finishJobLua });
    this.#reader = new Redis(url, connection);
    for (const connection of [this.#commands, this.#reader]) {
      connection.on('error', () => {});
      connection.on('close', () => this.#serverRuns.delete(connection));
    }
  }

  available(): boolean {
    return this.#commands.status === 'ready';
  }

  async add(queue: string, job: ActivityJob): Promise<string> {
    const run = await this.#serverRun(this.#commands);
    const keys = [this.#stream(queue), `${this.#prefix}queues`, this.#jobs(queue)];
    return this.#commands.perdureHandInJob(...keys, queue, group, this.#consumer, nameOf(job), JSON.stringify(job), run);
  }

  async remove(queue: string, ticket: string): Promise<void> {
    await this.#finish(queue, ticket).catch(() => {});
  }

  async lost(queue: string, tickets: readonly string[]): Promise<string[]> {
    const pipeline = this.#commands.pipeline();
    for (const ticket of tickets) pipeline.xrange(this.#stream(queue), ticket, ticket);
    const replies = await pipeline.exec();
    return tickets.filter((_, i) => {
      const [error, entries] = replies?.[i] ?? [new Error('no reply')];
      return error === null && Array.isArray(entries) && entries.length === 0;
    });
  }

  serve(consumer: string, run: Run): void {
    this.#consumer = consumer;
    this.#keepAlive = setInterval(() => void this.#touchRunning(), this.#abandonedAfterMs / 3);
    void this.#read(run);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#reader.disconnect();
    await this.#commands.quit().catch(() => this.#commands.disconnect());
  }

  async #read(run: Run): Promise<void> {
    while (!this.#closed) {
      const room = this.#concurrency - this.#running.size;
      try {
        const queues = room > 0 && this.#reader.status === 'ready' ? await this.#reader.smembers(`${this.#prefix}queues`) : [];
        if (queues.length === 0) {
          await new Promise((resume) => setTimeout(resume, 200));
          continue;
        }
        const serverRun = await this.#serverRun(this.#reader);
        for (const queue of queues)
          for (const [id, fields] of await this.#abandoned(queue, room)) this.#run({ queue, id, again: true, serverRun }, fields, run);
        // The reply's shape is Redis' own: streams, each with entries of id and field list.
        const reply = (await this.#reader.call(
          'XREADGROUP',
          'GROUP',
          group,
          this.#consumer,
          'COUNT',
          String(room),
          'BLOCK',
          String(blockMs),
          'STREAMS',
          ...queues.map((queue) => this.#stream(queue)),
          ...queues.map(() => '>'),
        )) as Reply | null;
        for (const [stream, entries] of reply ?? [])
          for (const [id, fields] of entries)
            this.#run({ queue: stream.slice(this.#stream('').length), id, again: false, serverRun }, fields, run);
      } catch (error) {
        if (this.#closed) return;
        if (String(error).includes('NOGROUP')) await this.#createGroups();
        else await new Promise((resume) => setTimeout(resume, 500));
      }
    }
  }

  async #createGroups(): Promise<void> {
    const queues = await this.#commands.smembers(`${this.#prefix}queues`).catch(() => []);
    for (const queue of queues) await this.#commands.xgroup('CREATE', this.#stream(queue), group, '0', 'MKSTREAM').catch(() => {});
  }

  async #abandoned(queue: string, count: number): Promise<[id: string, fields: string[] | null][]> {
    const claimed = await this.#reader.xautoclaim(this.#stream(queue), group, this.#consumer, this.#abandonedAfterMs, '0', 'COUNT', count);
    // The reply's shape is Redis' own.
    const [, entries] = claimed as [string, [string, string[] | null][]];
    return entries.filter(([id]) => !this.#running.has(`${queue} ${id}`));
  }

  #run({ queue, id, again, serverRun }: Entry, fields: string[] | null, run: Run): void {
    const key = `${queue} ${id}`;
    const text = fields?.[1];
    if (text === undefined || fields?.[3] !== serverRun) {
      void this.#finish(queue, id).catch(() => {});
      return;
    }
    this.#running.set(key, { queue, id });
    // Only `add` writes entries.
    void run(JSON.parse(text) as ActivityJob, { id: `${id} ${randomUUID()}`, again })
      .then(() => this.#finish(queue, id))
      .catch(() => {}) // Not finished: it is abandoned, and comes round again.
      .finally(() => this.#running.delete(key));
  }

  /** Changes with every start of the server. */
  #serverRun(connection: Redis): Promise<string> {
    let run = this.#serverRuns.get(connection);
    if (run === undefined) {
      run = connection.info('server').then((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '');
      run.catch(() => this.#serverRuns.delete(connection));
      this.#serverRuns.set(connection, run);
    }
    return run;
  }

  async #finish(queue: string, id: string): Promise<void> {
    await this.#commands.perdureFinishJob(this.#stream(queue), this.#jobs(queue), group, id);
  }

  async #touchRunning(): Promise<void> {
    if (!this.available()) return;
    for (const { queue, id } of this.#running.values())
      await this.#commands.xclaim(this.#stream(queue), group, this.#consumer, 0, id, 'JUSTID').catch(() => {});
  }

  #stream(queue: string): string {
    return `${this.#prefix}q:${queue}`;
  }

  #jobs(queue: string): string {
    return `${this.#prefix}jobs:${queue}`;
  }
}

function nameOf({ instanceId, executionId, step, attempt, releases }: ActivityJob): string {
  return [instanceId, executionId, step, attempt, releases].join('\n');
}
