/**
 * Values over 64 KB, kept once under the SHA-256 of their JSON text. Small cache in front: the same payload is read by several expressions in a row.
 *
 * Large values go one at a time, with a turn of the event loop between them: each holds this thread and a connection for tens of milliseconds,
 * and ten of them in one go would hold up every commit that waits behind them.
 */
import { createHash } from 'node:crypto';
import type { Json, PayloadRef } from '@perdure/graph';
import type { DurableStore } from './ports/durable-store.ts';
import type { PayloadStore } from './runtime.ts';

/** Characters of JSON: what comes from outside and is larger is refused. */
export const largestPayload = 10 * 1024 * 1024;

const cacheBytes = 32 * 1024 * 1024;
/** How long a payload that was kept is taken for stored without asking. Much shorter than what the sweep leaves alone. */
const keptForMs = 3_600_000;

export class DurablePayloads implements PayloadStore {
  readonly #store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>;
  readonly #cached = new Map<string, { text: string; keptAt: number }>();
  #held = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>) {
    this.#store = store;
  }

  load(hash: string): Promise<Json | undefined> {
    return this.#inTurn(() => this.#load(hash));
  }

  keep(text: string): Promise<PayloadRef> {
    return this.#inTurn(() => this.#keep(text));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.then(nextTurn, nextTurn);
    return done;
  }

  async #load(hash: string): Promise<Json | undefined> {
    const cached = this.#cached.get(hash);
    const text = cached?.text ?? (await this.#store.loadPayload(hash));
    if (text === null) return undefined;
    // That it was there does not mean that it stays: only keeping it does.
    if (cached === undefined) this.#hold(hash, text, -Infinity);
    // Written by `keep` from a JSON value.
    return JSON.parse(text) as Json;
  }

  async #keep(text: string): Promise<PayloadRef> {
    const hash = createHash('sha256').update(text).digest('base64url');
    const askedAt = Date.now();
    if (askedAt - (this.#cached.get(hash)?.keptAt ?? -Infinity) > keptForMs) {
      await this.#store.keepPayload(hash, text);
      this.#hold(hash, text, askedAt);
    }
    return { $payload: hash, bytes: Buffer.byteLength(text) };
  }

  #hold(hash: string, text: string, keptAt: number): void {
    this.#held += text.length - (this.#cached.get(hash)?.text.length ?? 0);
    this.#cached.set(hash, { text, keptAt });
    for (const [oldest, { text: held }] of this.#cached) {
      if (this.#held <= cacheBytes) break;
      this.#cached.delete(oldest);
      this.#held -= held.length;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
