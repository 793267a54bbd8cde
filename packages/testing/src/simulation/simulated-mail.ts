/** The simulated database's messages: what waits to be taken up, and refusals until their sender has read them. */
import type { InstanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { MessageFate, OutgoingMessage, StoredMessage } from '@perdure/runtime';

interface Message {
  order: number;
  partition: number;
  instanceId: InstanceId;
  messageId: string;
  body: string;
  refusal: string | null;
  refusedAt: number;
}

const hourMs = 3_600_000;

export class SimulatedMail {
  readonly #clock: () => number;
  readonly #messages = new Map<string, Message>();
  #sent = 0;

  /** @param clock epoch ms */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Whether messages wait that nobody has taken up. */
  get isWaiting(): boolean {
    return [...this.#messages.values()].some(({ refusal }) => refusal === null);
  }

  has(messageId: string): boolean {
    return this.#messages.has(messageId);
  }

  /** A message with the id of one that waits is the same message. */
  send({ messageId, body, ...rest }: OutgoingMessage): void {
    if (this.#messages.has(messageId)) return;
    this.#sent += 1;
    this.#messages.set(messageId, { ...rest, messageId, order: this.#sent, body: JSON.stringify(body), refusal: null, refusedAt: 0 });
  }

  refuse(messageId: string, refusal: Json): void {
    const message = this.#messages.get(messageId);
    if (message === undefined) return;
    message.refusal = JSON.stringify(refusal);
    message.refusedAt = this.#clock();
  }

  delete(messageIds: readonly string[]): void {
    for (const messageId of messageIds) this.#messages.delete(messageId);
  }

  waiting(partitions: readonly number[], except: readonly string[], limit: number): StoredMessage[] {
    const away = new Set(except);
    return [...this.#messages.values()]
      .filter(({ partition, refusal, messageId }) => refusal === null && partitions.includes(partition) && !away.has(messageId))
      .sort((one, other) => one.order - other.order)
      .slice(0, limit)
      .map(({ partition, instanceId, messageId, body }) => ({
        partition,
        instanceId,
        messageId,
        body: JSON.parse(body) as StoredMessage['body'], // written from one
      }));
  }

  /** Those whose receiver is not there, and will not be made by a start that was sent before. */
  deleteUndeliverable(messageIds: readonly string[], isThere: (receiver: InstanceId) => boolean): void {
    const gone = messageIds.filter((messageId) => {
      const message = this.#messages.get(messageId);
      if (message === undefined || isThere(message.instanceId)) return false;
      const start = this.#messages.get(`start:${message.instanceId}`);
      return start === undefined || start.instanceId !== message.instanceId || start.order >= message.order;
    });
    this.delete(gone);
  }

  deleteOldRefusals(): void {
    const before = this.#clock() - hourMs;
    for (const { messageId, refusal, refusedAt } of this.#messages.values())
      if (refusal !== null && refusedAt < before) this.#messages.delete(messageId);
  }

  /** A refusal is read once. */
  fateOf(messageId: string): MessageFate {
    const message = this.#messages.get(messageId);
    if (message === undefined) return 'taken';
    if (message.refusal === null) return 'pending';
    this.#messages.delete(messageId);
    return { refusal: JSON.parse(message.refusal) as Json };
  }

  withdraw(messageId: string): boolean {
    return this.#messages.get(messageId)?.refusal === null && this.#messages.delete(messageId);
  }

  /** A grant stays, and so does what waits for an entity's next execution (purge.sql). */
  purge(id: InstanceId): void {
    for (const { instanceId, messageId, body } of this.#messages.values())
      if (instanceId === id && !id.startsWith('@') && (JSON.parse(body) as { type: string }).type !== 'GrantLock')
        this.#messages.delete(messageId);
  }

  all(): { id: InstanceId; body: string; refusal: string | null }[] {
    return Array.from(this.#messages.values(), ({ instanceId, body, refusal }) => ({ id: instanceId, body, refusal }));
  }
}
