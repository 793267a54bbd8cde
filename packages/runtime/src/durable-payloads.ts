/** Values over 64 KB, kept once under the SHA-256 of their JSON text. Small cache in front: the same payload is read by several expressions in a row. */
import { createHash } from 'node:crypto';
import type { Json, PayloadRef } from '@perdure/graph';
import type { DurableStore } from './ports/durable-store.ts';
import type { PayloadStore } from './runtime.ts';

const cacheBytes = 32 * 1024 * 1024;

export class DurablePayloads implements PayloadStore {
  readonly #store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>;
  readonly #texts = new Map<string, string>();
  #held = 0;

  constructor(store: Pick<DurableStore, 'loadPayload' | 'keepPayload'>) {
    this.#store = store;
  }

  async load(hash: string): Promise<Json | undefined> {
    const held = this.#texts.get(hash);
    const text = held ?? (await this.#store.loadPayload(hash));
    if (text === null) return undefined;
    if (held === undefined) this.#hold(hash, text);
    // Written by `keep` from a JSON value.
    return JSON.parse(text) as Json;
  }

  async keep(text: string): Promise<PayloadRef> {
    const hash = createHash('sha256').update(text).digest('base64url');
    if (!this.#texts.has(hash)) {
      await this.#store.keepPayload(hash, text);
      this.#hold(hash, text);
    }
    return { $payload: hash, bytes: Buffer.byteLength(text) };
  }

  #hold(hash: string, text: string): void {
    this.#texts.set(hash, text);
    this.#held += text.length;
    for (const [oldest, held] of this.#texts) {
      if (this.#held <= cacheBytes) break;
      this.#texts.delete(oldest);
      this.#held -= held.length;
    }
  }
}
