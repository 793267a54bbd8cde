/**
 * The hot store on Redis. One Lua call per batch, after the commit and never on its path. Every failure is swallowed here:
 * losing Redis costs latency, never correctness (H3). Keys carry the database's incarnation, so that a restored database never
 * meets old state: `perdure:{incarnation}:i:<id>` (hash: seq, checkpoint) and `perdure:{incarnation}:t:<id>` (stream: the tail).
 */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { InstanceId } from '@perdure/engine';
import { eventsBehind } from '../events-behind.ts';
import type { StoredEvent } from '../ports/decider.ts';
import type { Hint, HotInstance, HotStore, HotUpdate } from '../ports/hot-store.ts';

const loadBatchLua = readFileSync(new URL('./load-batch.lua', import.meta.url), 'utf8');
const saveBatchLua = readFileSync(new URL('./save-batch.lua', import.meta.url), 'utf8');

interface WithScripts {
  /** For each instance: seq, checkpoint, tail. */
  perdureLoadBatch(keyCount: number, ...keys: string[]): Promise<[string | null, string | null, string[]][]>;
  perdureSaveBatch(keyCount: number, ...args: string[]): Promise<number>;
}

export class RedisHotStore implements HotStore {
  readonly kind = 'redis';
  readonly #prefix: string;
  readonly #channel: string;
  readonly #origin = randomUUID();
  readonly #ownHints = `{"from":"${this.#origin}"`;
  readonly #commands: Redis & WithScripts;
  readonly #subscriber: Redis;
  readonly #listeners: ((hint: Hint) => void)[] = [];

  constructor(url: string, incarnation: string) {
    this.#prefix = `perdure:{${incarnation}}:`;
    this.#channel = `${this.#prefix}hints`;
    const options = {
      // A command on a broken connection fails at once instead of waiting: the caller goes on without Redis.
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      connectTimeout: 2_000,
      commandTimeout: 2_000,
      retryStrategy: (attempt: number) => Math.min(100 * attempt, 2_000),
    };
    // defineCommand adds the method at run time; ioredis cannot express its type.
    this.#commands = new Redis(url, options) as Redis & WithScripts;
    this.#commands.defineCommand('perdureLoadBatch', { lua: loadBatchLua });
    this.#commands.defineCommand('perdureSaveBatch', { lua: saveBatchLua });
    this.#commands.on('error', () => {});
    this.#subscriber = new Redis(url, {
      ...options,
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      commandTimeout: undefined as never,
    });
    this.#subscriber.on('error', () => {});
    this.#subscriber.on('message', (_channel: string, text: string) => this.#receive(text));
    void this.#subscriber.subscribe(this.#channel).catch(() => {});
  }

  /** Waits up to `timeoutMs` for the first connection; a store that is away is used once it comes. */
  async ready(timeoutMs = 2_000): Promise<boolean> {
    if (this.available()) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#commands.once('ready', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  available(): boolean {
    return this.#commands.status === 'ready';
  }

  async save(updates: readonly HotUpdate[]): Promise<void> {
    if (!this.available() || updates.length === 0) return;
    const keys: string[] = [];
    const values: string[] = [];
    for (const update of updates) {
      keys.push(this.#meta(update.instanceId), this.#tail(update.instanceId));
      values.push(
        String(update.baseSeq),
        String(update.seq),
        JSON.stringify(update.events),
        update.checkpoint ?? '',
        update.final ? '1' : '0',
      );
    }
    await this.#commands.perdureSaveBatch(keys.length, ...keys, ...values).catch(() => {});
  }

  async load(ids: readonly InstanceId[]): Promise<Map<InstanceId, HotInstance>> {
    const found = new Map<InstanceId, HotInstance>();
    if (!this.available() || ids.length === 0) return found;
    const keys = ids.flatMap((id) => [this.#meta(id), this.#tail(id)]);
    const replies = await this.#commands.perdureLoadBatch(keys.length, ...keys).catch(() => []);
    replies.forEach(([seq, checkpoint, tail], i) => {
      const id = ids[i];
      if (id !== undefined && seq !== null) found.set(id, { seq: Number(seq), checkpoint, tail });
    });
    return found;
  }

  async tailAfter(id: InstanceId, afterSeq: number): Promise<StoredEvent[] | null> {
    if (!this.available()) return null;
    // The entry that has the event behind `afterSeq` ends with it or later, and its last seq is its id.
    const entries = await this.#commands.xrange(this.#tail(id), `${afterSeq + 1}-0`, '+').catch(() => []);
    // Written by `save`.
    return eventsBehind(
      entries.flatMap(([, fields]) => JSON.parse(fields[1] ?? '[]') as StoredEvent[]),
      afterSeq,
    );
  }

  async forget(ids: readonly InstanceId[]): Promise<void> {
    if (!this.available() || ids.length === 0) return;
    await this.#commands.unlink(...ids.flatMap((id) => [this.#meta(id), this.#tail(id)])).catch(() => {});
  }

  hint(hint: Hint): void {
    if (!this.available()) return;
    this.#commands.publish(this.#channel, JSON.stringify({ from: this.#origin, hint })).catch(() => {});
  }

  onHint(listener: (hint: Hint) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#subscriber.disconnect();
    await this.#commands.quit().catch(() => this.#commands.disconnect());
  }

  /** Nothing that arrives, and nothing a listener does with it, may break the connection's own work. */
  #receive(text: string): void {
    // Our own, as `hint` writes them: there is one for each commit, and reading it would be work for nothing.
    if (text.startsWith(this.#ownHints)) return;
    let envelope: { hint?: Hint } | null;
    try {
      // Perdure's processes publish this shape; whoever else can reach the server may publish anything.
      envelope = JSON.parse(text) as typeof envelope;
    } catch {
      return;
    }
    if (typeof envelope?.hint !== 'object' || envelope.hint === null) return;
    for (const listener of this.#listeners) {
      try {
        listener(envelope.hint);
      } catch {
        // A hint is only ever a reason to look; the slow poll looks as well.
      }
    }
  }

  #meta(id: InstanceId): string {
    return `${this.#prefix}i:${id}`;
  }

  #tail(id: InstanceId): string {
    return `${this.#prefix}t:${id}`;
  }
}
