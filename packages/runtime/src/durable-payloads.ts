/**
 * Values over 64 KB, kept once under the SHA-256 of their JSON text. Small cache in front: what a step gave is what the next one is given.
 *
 * Large values must not be noticed by others:
 * D1 this thread works on them in portions (Portions); hashing, like the store's packing, is done outside of it;
 * D2 one of them at a time is on its way to the store and one from it, so that they leave the connections to the commits.
 */
import type { Json, PayloadRef } from '@perdure/graph';
import { loadReferences } from './load-references.ts';
import type { DurableStore } from './ports/durable-store.ts';
import { Portions } from './portions.ts';
import { readLargeJson } from './read-large-json.ts';
import type { PayloadStore } from './runtime.ts';
import { writeLargeJson } from './write-large-json.ts';

const cacheBytes = 32 * 1024 * 1024;
/** How long a payload that was kept is taken for stored without asking. Much shorter than what the sweep leaves alone. */
const keptForMs = 3_600_000;

export class DurablePayloads implements PayloadStore {
  readonly #store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>;
  readonly #portions = new Portions();
  readonly #writes = new OneAtATime();
  readonly #reads = new OneAtATime();
  readonly #cached = new Map<string, { json: Uint8Array<ArrayBuffer>; keptAt: number }>();
  #held = 0;

  constructor(store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>) {
    this.#store = store;
  }

  async load(hash: string): Promise<Json | undefined> {
    const json = await this.#jsonOf(hash);
    return json === null ? undefined : (await readLargeJson(json, this.#portions)).value;
  }

  /** With the values behind references it holds, and theirs. Rejects when one is not stored. */
  async loadWhole(reference: PayloadRef): Promise<Json> {
    const json = await this.#jsonOf(reference.$payload);
    if (json === null) throw notStored(reference);
    const { value, refers } = await readLargeJson(json, this.#portions);
    return refers ? loadReferences(value, (inner) => this.loadWhole(inner)) : value;
  }

  /** The value's JSON as it is kept, mended so that it can be stored; null when it is longer than `limit`. Rejects when it has none. */
  json(value: Json, limit = Infinity): Promise<Uint8Array<ArrayBuffer> | null> {
    return writeLargeJson(value, this.#portions, limit);
  }

  /** Keeps what `json` gave. The reference may be stored from then on. */
  async keep(json: Uint8Array<ArrayBuffer>): Promise<PayloadRef> {
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', json)).toString('base64url');
    await this.#writes.run(async () => {
      const askedAt = Date.now();
      if (askedAt - (this.#cached.get(hash)?.keptAt ?? -Infinity) <= keptForMs) return;
      await this.#store.keepPayload(hash, json);
      this.#hold(hash, json, askedAt);
    });
    return { $payload: hash, bytes: json.byteLength };
  }

  async #jsonOf(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const find = (): Uint8Array<ArrayBuffer> | undefined => this.#cached.get(hash)?.json;
    return (
      find() ??
      this.#reads.run(async () => {
        const cached = find();
        if (cached !== undefined) return cached;
        const json = await this.#store.loadPayload(hash);
        // That it was there does not mean that it stays: only keeping it does.
        if (json !== null) this.#hold(hash, json, this.#cached.get(hash)?.keptAt ?? -Infinity);
        return json;
      })
    );
  }

  #hold(hash: string, json: Uint8Array<ArrayBuffer>, keptAt: number): void {
    this.#held += json.byteLength - (this.#cached.get(hash)?.json.byteLength ?? 0);
    this.#cached.delete(hash);
    this.#cached.set(hash, { json, keptAt });
    for (const [oldest, { json: held }] of this.#cached) {
      if (this.#held <= cacheBytes) break;
      this.#cached.delete(oldest);
      this.#held -= held.byteLength;
    }
  }
}

export function notStored({ $payload }: PayloadRef): Error {
  return new Error(`The payload ${$payload} is not stored.`);
}

class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
