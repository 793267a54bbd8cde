/**
 * Named queues on Redis streams, one per queue, with one consumer group. A worker keeps its entries from being abandoned by claiming them
 * for itself again while it runs them; an entry nobody has touched for `abandonedAfterMs` goes to whoever asks next.
 * An entry names the run of the Redis server it was handed to, and is served in that run only: what a server finds again when it is started from
 * an old dump may have been done long since. Its owner misses it and hands it in anew.
 * Keys: `perdure:{incarnation}:queues` (set of names), `perdure:{incarnation}:q:<name>` (stream).
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { ActivityJob } from '../activity-runner.ts';
import type { ActivityQueue, Delivery } from '../ports/activity-queue.ts';

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
  stream: string;
  id: string;
  /** Whether it may have been begun before. */
  again: boolean;
  serverRun: string;
}

export class RedisActivityQueue implements ActivityQueue {
  readonly #prefix: string;
  readonly #commands: Redis;
  readonly #reader: Redis;
  readonly #concurrency: number;
  readonly #abandonedAfterMs: number;
  readonly #running = new Map<string, { stream: string; id: string }>();
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
    this.#commands = new Redis(url, { ...connection, commandTimeout: 2_000 });
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
    await this.#commands.sadd(`${this.#prefix}queues`, queue);
    const ticket = await this.#commands.xadd(
      this.#stream(queue),
      '*',
      'job',
      JSON.stringify(job),
      'run',
      await this.#serverRun(this.#commands),
    );
    if (ticket === null) throw new Error(`Redis took no job for the queue ${queue}.`);
    return ticket;
  }

  async remove(queue: string, ticket: string): Promise<void> {
    await this.#finish(this.#stream(queue), ticket).catch(() => {});
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
        const streams = queues.map((queue) => this.#stream(queue));
        const serverRun = await this.#serverRun(this.#reader);
        for (const stream of streams)
          for (const [id, fields] of await this.#abandoned(stream, room)) this.#run({ stream, id, again: true, serverRun }, fields, run);
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
          ...streams,
          ...streams.map(() => '>'),
        )) as Reply | null;
        for (const [stream, entries] of reply ?? [])
          for (const [id, fields] of entries) this.#run({ stream, id, again: false, serverRun }, fields, run);
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

  async #abandoned(stream: string, count: number): Promise<[id: string, fields: string[] | null][]> {
    const [, entries] = (await this.#reader.xautoclaim(stream, group, this.#consumer, this.#abandonedAfterMs, '0', 'COUNT', count)) as [
      string,
      [string, string[] | null][],
    ];
    return entries.filter(([id]) => !this.#running.has(`${stream} ${id}`));
  }

  #run({ stream, id, again, serverRun }: Entry, fields: string[] | null, run: Run): void {
    const key = `${stream} ${id}`;
    const text = fields?.[1];
    if (text === undefined || fields?.[3] !== serverRun) {
      void this.#finish(stream, id).catch(() => {});
      return;
    }
    this.#running.set(key, { stream, id });
    // Only `add` writes entries.
    void run(JSON.parse(text) as ActivityJob, { id: `${id} ${randomUUID()}`, again })
      .then(() => this.#finish(stream, id))
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

  async #finish(stream: string, id: string): Promise<void> {
    await this.#commands.pipeline().xack(stream, group, id).xdel(stream, id).exec();
  }

  async #touchRunning(): Promise<void> {
    if (!this.available()) return;
    for (const { stream, id } of this.#running.values())
      await this.#commands.xclaim(stream, group, this.#consumer, 0, id, 'JUSTID').catch(() => {});
  }

  #stream(queue: string): string {
    return `${this.#prefix}q:${queue}`;
  }
}
