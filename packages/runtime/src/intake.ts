/**
 * How a process that does not own an instance's partition gets something to it: a stored message, committed before the sender is answered.
 * Requests that arrive together are committed together.
 */
import type { InstanceId } from '@perdure/engine';
import type { AcceptedStart, DurableStore, MessageFate, OutgoingMessage } from './ports/durable-store.ts';
import { isRefusedContent } from './refused-content.ts';
import type { SendResult } from './runtime.ts';

const answerWithinMs = 10_000;

const shortestPauseMs = 5;
const longestPauseMs = 200;

type Store = Pick<DurableStore, 'accept' | 'messageFates' | 'withdrawMessage'>;

export class Intake {
  readonly #store: Store;
  #starts: Waiting<AcceptedStart>[] = [];
  #messages: Waiting<OutgoingMessage>[] = [];
  #storing = false;
  /** Messages that are stored and whose senders wait for what becomes of them. */
  readonly #asked = new Map<string, { settle(fate: MessageFate): void; fail(error: Error): void; until: number }>();
  #asking = false;
  #pauseMs = shortestPauseMs;

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

  /** Stores the message. */
  tell(message: OutgoingMessage): Promise<boolean> {
    return new Promise((settle, fail) => {
      this.#messages.push({ item: message, settle, fail });
      this.#storeWaiting();
    });
  }

  /** Stores the message and waits for what its receiver made of it; taken back when nobody takes it up in time. */
  async ask(message: OutgoingMessage, onStored: () => void): Promise<SendResult> {
    await this.tell(message);
    // Whoever is told to look before the commit does not find it.
    onStored();
    const fate = await this.#fateOf(message.messageId);
    if (fate !== 'pending') return answerOf(fate);
    if (await this.#store.withdrawMessage(message.messageId))
      return { ok: false, code: 'unavailable', message: 'No worker took this up in time. Nothing was changed. Try again.' };
    return answerOf((await this.#store.messageFates([message.messageId])).get(message.messageId) ?? 'taken');
  }

  /** Resolves when the message has been taken up or refused, or is still pending after `answerWithinMs`. */
  #fateOf(messageId: string): Promise<MessageFate> {
    return new Promise((settle, fail) => {
      this.#asked.set(messageId, { settle, fail, until: performance.now() + answerWithinMs });
      this.#pauseMs = shortestPauseMs;
      if (this.#asking) return;
      this.#asking = true;
      void this.#askAround().finally(() => (this.#asking = false));
    });
  }

  /** Looks after all that are waited for at once, less and less often while nothing happens. */
  async #askAround(): Promise<void> {
    while (this.#asked.size > 0) {
      await new Promise((resume) => setTimeout(resume, this.#pauseMs));
      this.#pauseMs = Math.min(this.#pauseMs * 1.5, longestPauseMs);
      const asked = [...this.#asked];
      try {
        const fates = await this.#store.messageFates(asked.map(([messageId]) => messageId));
        for (const [messageId, { settle, until }] of asked) {
          const fate = fates.get(messageId) ?? 'taken';
          if (fate === 'pending' && performance.now() < until) continue;
          if (fate !== 'pending') this.#pauseMs = shortestPauseMs;
          this.#asked.delete(messageId);
          settle(fate);
        }
      } catch (error) {
        for (const [messageId, { fail }] of asked) {
          this.#asked.delete(messageId);
          fail(error as Error);
        }
      }
    }
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

function answerOf(fate: MessageFate): SendResult {
  // Written by a worker from an Outcome.
  return typeof fate === 'object' ? ({ ok: false, ...(fate.refusal as object) } as SendResult) : { ok: true };
}

interface Waiting<Item> {
  item: Item;
  settle(taken: boolean): void;
  fail(error: Error): void;
}
