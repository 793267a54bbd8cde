/**
 * Brings messages that wait in Postgres to the instances this worker owns. Asked by hints, and by a slow poll in case a hint was lost.
 * A message stays marked as underway until its receiver's commit deleted it, so that no poll delivers it twice. Should one be delivered twice
 * all the same, the store refuses the second commit (S5).
 */
import type { DurableStore, StoredMessage } from './ports/durable-store.ts';

const pageSize = 1_000;
/** Messages in memory at once; the others wait where they are. */
const mostUnderway = 5_000;
const mostBrought = 10_000;

export interface MailboxOptions {
  pollEveryMs: number;
  partitions(): number[];
  /** Resolves when the message is done with (consumed, refused, or its partition lost). */
  deliver(message: StoredMessage): Promise<void>;
  onTrouble(error: Error): void;
}

export class Mailbox {
  readonly #store: Pick<DurableStore, 'messages'>;
  readonly #options: MailboxOptions;
  readonly #underway = new Set<string>();
  /** Done while a fetch was reading: its answer may still name them. */
  readonly #doneMeanwhile: string[] = [];
  /**
   * Fetched lately. A message can be fetched, and done with, before the process that sent it hears that it is stored; when it then delivers it
   * itself, that is too late. Should it be another one of the same name, the next poll brings it.
   */
  readonly #brought = new Set<string>();
  #poll: NodeJS.Timeout | null = null;
  #fetching = false;
  #isFull = false;
  #fetchAgain = false;
  #stopped = false;

  constructor(store: Pick<DurableStore, 'messages'>, options: MailboxOptions) {
    this.#store = store;
    this.#options = options;
  }

  start(): void {
    this.#poll = setInterval(() => this.look(), this.#options.pollEveryMs);
    this.look();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#poll !== null) clearInterval(this.#poll);
  }

  /** Fetches what waits. */
  look(): void {
    if (this.#stopped) return;
    if (this.#fetching) {
      this.#fetchAgain = true;
      return;
    }
    this.#fetching = true;
    this.#fetch()
      .catch(this.#options.onTrouble)
      .finally(() => {
        this.#fetching = false;
        for (const messageId of this.#doneMeanwhile.splice(0)) this.#underway.delete(messageId);
        if (this.#fetchAgain) {
          this.#fetchAgain = false;
          this.look();
        }
      });
  }

  /** Delivers a message that this process has just committed, without reading it back. */
  deliver(message: StoredMessage): void {
    if (!this.#brought.has(message.messageId)) this.#deliver(message);
  }

  #deliver(message: StoredMessage): void {
    if (this.#stopped || this.#underway.has(message.messageId)) return;
    this.#underway.add(message.messageId);
    void this.#options
      .deliver(message)
      .catch(this.#options.onTrouble)
      .finally(() => {
        if (this.#fetching) this.#doneMeanwhile.push(message.messageId);
        else this.#underway.delete(message.messageId);
        if (this.#isFull && this.#underway.size < mostUnderway / 2) {
          this.#isFull = false;
          this.look();
        }
      });
  }

  async #fetch(): Promise<void> {
    const partitions = this.#options.partitions();
    if (partitions.length === 0) return;
    if (this.#underway.size >= mostUnderway) {
      this.#isFull = true;
      return;
    }
    const found = await this.#store.messages(partitions, [...this.#underway], pageSize);
    for (const message of found) {
      this.#brought.add(message.messageId);
      this.#deliver(message);
    }
    for (const oldest of this.#brought) {
      if (this.#brought.size <= mostBrought) break;
      this.#brought.delete(oldest);
    }
    if (found.length === pageSize) this.#fetchAgain = true;
  }
}
