/**
 * How a process that does not own an instance's partition gets something to it: a stored message, committed before the sender is answered.
 * Requests that arrive together are committed together.
 */
import type { InstanceId } from '@perdure/engine';
import type { AcceptedStart, DurableStore, OutgoingMessage } from './ports/durable-store.ts';
import { isRefusedContent } from './refused-content.ts';
import type { SendResult } from './runtime.ts';

const answerWithinMs = 10_000;

type Store = Pick<DurableStore, 'accept' | 'messageFate' | 'withdrawMessage'>;

export class Intake {
  readonly #store: Store;
  #starts: Waiting<AcceptedStart>[] = [];
  #messages: Waiting<OutgoingMessage>[] = [];
  #storing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** False when the id is taken. */
  start(start: AcceptedStart): Promise<boolean> {
    return new Promise((settle, fail) => {
      this.#starts.push({ item: start, settle, fail });
      this.#storeWaiting();
    });
  }

  /** Stores the message and waits for what its receiver made of it; taken back when nobody takes it up in time. */
  async ask(message: OutgoingMessage): Promise<SendResult> {
    await new Promise<boolean>((settle, fail) => {
      this.#messages.push({ item: message, settle, fail });
      this.#storeWaiting();
    });
    const deadline = performance.now() + answerWithinMs;
    for (let pauseMs = 5; performance.now() < deadline; pauseMs = Math.min(pauseMs * 1.5, 200)) {
      await new Promise((resume) => setTimeout(resume, pauseMs));
      const fate = await this.#store.messageFate(message.messageId);
      if (fate === 'taken') return { ok: true };
      // Written by a worker from an Outcome.
      if (fate !== 'pending')
        return { ok: false, ...(fate.refusal as { code: Extract<SendResult, { ok: false }>['code']; message: string }) } as SendResult;
    }
    if (await this.#store.withdrawMessage(message.messageId))
      return { ok: false, code: 'unavailable', message: 'No worker took this up in time. Nothing was changed. Try again.' };
    const fate = await this.#store.messageFate(message.messageId);
    return typeof fate === 'object' ? ({ ok: false, ...(fate.refusal as object) } as SendResult) : { ok: true };
  }

  #storeWaiting(): void {
    if (this.#storing) return;
    this.#storing = true;
    queueMicrotask(() => {
      void this.#storeAll().finally(() => {
        this.#storing = false;
        if (this.#starts.length + this.#messages.length > 0) this.#storeWaiting();
      });
    });
  }

  async #storeAll(): Promise<void> {
    const starts = this.#starts;
    const messages = this.#messages;
    this.#starts = [];
    this.#messages = [];
    // Two starts with one id cannot share a statement: the second waits and finds the first.
    const seen = new Set<InstanceId>();
    const now = starts.filter(({ item }) => !seen.has(item.message.instanceId) && seen.add(item.message.instanceId));
    this.#starts.push(...starts.filter((waiting) => !now.includes(waiting)));
    await this.#storeTogether(now, messages);
  }

  async #storeTogether(starts: readonly Waiting<AcceptedStart>[], messages: readonly Waiting<OutgoingMessage>[]): Promise<void> {
    try {
      const { taken } = await this.#store.accept(
        starts.map(({ item }) => item),
        messages.map(({ item }) => item),
      );
      for (const { item, settle } of starts) settle(taken.has(item.message.instanceId));
      for (const { settle } of messages) settle(true);
    } catch (error) {
      if (error instanceof Error && isRefusedContent(error) && starts.length + messages.length > 1) {
        // One of them holds what Postgres refuses; the others have nothing to do with it.
        for (const start of starts) await this.#storeTogether([start], []);
        for (const message of messages) await this.#storeTogether([], [message]);
        return;
      }
      for (const { fail } of [...starts, ...messages]) fail(error as Error);
    }
  }
}

interface Waiting<Item> {
  item: Item;
  settle(taken: boolean): void;
  fail(error: Error): void;
}
