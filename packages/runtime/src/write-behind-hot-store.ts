/**
 * Holds saves to a hot store back for a moment: an instance on the move is written once for many turns, and one that has ended by then
 * not at all. What is held back is lost with the process; whoever takes over reads those instances from Postgres, as it does whatever the
 * hot store has lost.
 *
 * B1 the store behind is given an instance's updates in their order, turns that follow each other as one; a checkpoint, and the first save
 *    of an execution, take the place of what was held before;
 * B2 this process reads what is held back as if it were written;
 * B3 hints of new events travel together, a few milliseconds later and so beside the next turns' commits instead of before them; all other
 *    hints go at once. Who is told of events that are held back finds them in Postgres.
 */
import type { InstanceId } from '@perdure/engine';
import { eventsBehind } from './events-behind.ts';
import type { StoredEvent } from './ports/decider.ts';
import type { Hint, HotInstance, HotStore, HotUpdate } from './ports/hot-store.ts';

/** Longer than a short workflow lives under load; short against the time between the steps of a long one. */
const heldMs = 250;
const lookEveryMs = 50;
/** Nothing to somebody who watches; a short workflow's every turn for the worker. */
const hintHeldMs = 10;

export class WriteBehindHotStore implements HotStore {
  readonly #behind: HotStore;
  /** Those held longest first. */
  readonly #held = new Map<InstanceId, Held>();
  #timer: NodeJS.Timeout | null = null;
  /** Instances with events that nobody was told of, and their seq. */
  readonly #changed = new Map<string, number>();
  #tasksChanged = false;
  #hintTimer: NodeJS.Timeout | null = null;

  constructor(behind: HotStore) {
    this.#behind = behind;
  }

  get kind(): HotStore['kind'] {
    return this.#behind.kind;
  }

  available(): boolean {
    return this.#behind.available();
  }

  async save(updates: readonly HotUpdate[]): Promise<void> {
    for (const update of updates) this.#hold(update);
    if (this.#timer === null && this.#held.size > 0) this.#timer = setInterval(() => this.#writeDue(), lookEveryMs).unref();
  }

  async load(ids: readonly InstanceId[]): Promise<Map<InstanceId, HotInstance>> {
    await this.#write(ids);
    return this.#behind.load(ids);
  }

  async tailAfter(id: InstanceId, afterSeq: number): Promise<StoredEvent[] | null> {
    const events = this.#held.get(id)?.turns.flatMap((turn) => turn.events) ?? [];
    if ((events[0]?.seq ?? Infinity) <= afterSeq + 1) return eventsBehind(events, afterSeq);
    await this.#write([id]);
    return this.#behind.tailAfter(id, afterSeq);
  }

  async forget(ids: readonly InstanceId[]): Promise<void> {
    for (const id of ids) this.#held.delete(id);
    await this.#behind.forget(ids);
  }

  /** B3 */
  hint(hint: Hint): void {
    if (hint.type !== 'events') {
      this.#behind.hint(hint);
      return;
    }
    for (const [id, seq] of hint.instances) this.#changed.set(id, seq);
    this.#tasksChanged ||= hint.tasks;
    this.#hintTimer ??= setTimeout(() => this.#tell(), hintHeldMs);
  }

  onHint(listener: (hint: Hint) => void): void {
    this.#behind.onHint(listener);
  }

  /** Writes what is held back. Before partitions change hands, so that the next owner finds it. */
  async flush(): Promise<void> {
    await this.#write([...this.#held.keys()]);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#hintTimer !== null) this.#tell();
    // Not waited for: a store that does not answer would be waited for twice.
    void this.flush();
    await this.#behind.close();
  }

  #tell(): void {
    if (this.#hintTimer !== null) clearTimeout(this.#hintTimer);
    this.#hintTimer = null;
    this.#behind.hint({ type: 'events', instances: [...this.#changed], tasks: this.#tasksChanged });
    this.#changed.clear();
    this.#tasksChanged = false;
  }

  /** B1 */
  #hold(update: HotUpdate): void {
    const { instanceId, baseSeq } = update;
    const held = this.#held.get(instanceId);
    const follows = held?.turns.at(-1)?.seq === baseSeq;
    if (held === undefined) this.#held.set(instanceId, { since: performance.now(), isNew: baseSeq === 0, turns: [update] });
    else if (update.final && held.isNew && follows) this.#held.delete(instanceId);
    else if (follows && !update.final && update.checkpoint === null) held.turns.push(update);
    else {
      // Another owner may have been there between what was held and this.
      if (!follows && baseSeq !== 0) held.isNew = false;
      held.turns = [update];
    }
  }

  #writeDue(): void {
    const due: InstanceId[] = [];
    const before = performance.now() - heldMs;
    for (const [id, { since }] of this.#held) {
      if (since > before) break;
      due.push(id);
    }
    void this.#write(due);
    if (this.#held.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async #write(ids: readonly InstanceId[]): Promise<void> {
    const updates: HotUpdate[] = [];
    for (const id of ids) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      this.#held.delete(id);
      updates.push(...joined(held.turns));
    }
    if (updates.length > 0) await this.#behind.save(updates);
  }
}

interface Held {
  since: number;
  /** The store behind has nothing of this instance, unless an earlier execution left something there. */
  isNew: boolean;
  /** They follow each other; none but the first has a checkpoint or is final. */
  turns: HotUpdate[];
}

/** B1: one update, or two when the first is a checkpoint and others follow it. */
function joined([first, ...others]: readonly HotUpdate[]): HotUpdate[] {
  const last = others.at(-1);
  if (first === undefined) return [];
  if (last === undefined) return [first];
  const rest = first.checkpoint === null ? [first, ...others] : others;
  const tail = { ...last, baseSeq: rest[0]?.baseSeq ?? last.baseSeq, events: rest.flatMap(({ events }) => events) };
  return first.checkpoint === null ? [tail] : [first, tail];
}
