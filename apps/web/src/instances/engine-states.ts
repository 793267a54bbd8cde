import { decodeState, encodeState, evolve, initialState, instanceId, type HistoryEvent, type InstanceState } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { CheckpointBefore } from '@perdure/server/contract';
import { idleSlice } from './idle-slice.ts';

/*
 * The engine's state of an instance after any event: from the newest kept state before it, with the events between folded by the engine
 * itself. What was folded once is near by the next time: pages of events, states on the way, and the last state that was asked for.
 *
 * 1. A state is only handed to `read` and never outside: the next fold changes it in place.
 * 2. Questions are answered one after another; one that has become pointless by its turn costs nothing.
 */

const PAGE = 1_000;
const PAGES_KEPT = 12;
const STATES_KEPT = 60;
/** Folded at once; a step to a moment near by is not worth waiting for an idle one. */
const SLICE = 200;
/** Farther than this from a known state the server is asked for one near by. */
const FAR = 2_000;

export interface HistorySource {
  checkpointBefore: (seq: number) => Promise<CheckpointBefore>;
  /** Whole events after a seq, ascending, at most `limit`. */
  events: (afterSeq: number, limit: number) => Promise<readonly HistoryEvent[]>;
}

export class EngineStates {
  readonly #id: string;
  readonly #source: HistorySource;
  readonly #pages = new Map<number, readonly HistoryEvent[]>();
  /** Pages under way: who folds events and who lists them often want the same. */
  readonly #coming = new Map<number, Promise<readonly HistoryEvent[]>>();
  readonly #kept = new Map<number, Json>();
  #cursor: InstanceState;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(id: string, source: HistorySource) {
    this.#id = id;
    this.#source = source;
    this.#cursor = initialState(instanceId(id));
  }

  /** What `read` makes of the state after event `seq`; undefined when that is not wanted any more by its turn. */
  at<Result>(seq: number, read: (state: InstanceState) => Result): Promise<Result>;
  at<Result>(seq: number, read: (state: InstanceState) => Result, isWanted: () => boolean): Promise<Result | undefined>;
  at<Result>(seq: number, read: (state: InstanceState) => Result, isWanted = (): boolean => true): Promise<Result | undefined> {
    const answer = this.#queue.then(async () => {
      if (!isWanted()) return undefined;
      await this.#moveTo(seq);
      return read(this.#cursor);
    });
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** A whole event, when its page is here already. */
  known(seq: number): HistoryEvent | undefined {
    return this.#pages.get(pageOf(seq))?.[(seq - 1) % PAGE];
  }

  /** The state after `seq` can be had, as a rule, without asking the server. */
  isNear(seq: number): boolean {
    const isAhead = this.#cursor.seq <= seq && seq - this.#cursor.seq <= FAR;
    return this.known(seq) !== undefined && (isAhead || seq - (this.#keptBefore(seq) ?? 0) <= FAR);
  }

  /** Sees to it that the events around `seq` are known. */
  async load(seq: number): Promise<void> {
    await this.#page(pageOf(seq), seq);
  }

  async #moveTo(seq: number): Promise<void> {
    if (this.#cursor.seq > seq || seq - this.#cursor.seq > FAR) await this.#startNear(seq);
    while (this.#cursor.seq < seq) {
      const from = this.#cursor.seq + 1;
      const events = await this.#page(pageOf(from), seq);
      const start = (from - 1) % PAGE;
      const end = Math.min(events.length, start + seq - from + 1);
      if (end <= start) throw new Error(`The history of ${this.#id} has no event ${from}.`);
      for (let i = start; i < end; i += 1) {
        if ((i - start) % SLICE === SLICE - 1) await idleSlice();
        const event = events[i];
        if (event) evolve(this.#cursor, event);
      }
      if (this.#cursor.seq % PAGE === 0) this.#keep(this.#cursor.seq, encodeState(this.#cursor));
    }
  }

  async #startNear(seq: number): Promise<void> {
    let near = this.#keptBefore(seq);
    if (seq - (near ?? 0) > FAR) {
      const given = await this.#source.checkpointBefore(seq);
      if (given.state !== null && given.seq > (near ?? 0)) {
        this.#keep(given.seq, given.state);
        near = given.seq;
      }
    }
    const state = near === undefined ? undefined : this.#kept.get(near);
    this.#cursor = state === undefined ? initialState(instanceId(this.#id)) : decodeState(state);
  }

  #keptBefore(seq: number): number | undefined {
    let best: number | undefined;
    for (const at of this.#kept.keys()) if (at <= seq && at > (best ?? 0)) best = at;
    return best;
  }

  async #page(page: number, needed: number): Promise<readonly HistoryEvent[]> {
    const known = this.#pages.get(page);
    const first = page * PAGE;
    // The last page of a running instance grows.
    if (known && (known.length === PAGE || first + known.length >= needed)) {
      this.#pages.delete(page);
      this.#pages.set(page, known);
      return known;
    }
    // One that is on its way may have been asked for when there was less of it.
    const coming = known === undefined ? this.#coming.get(page) : undefined;
    if (coming !== undefined) {
      const events = await coming;
      if (events.length === PAGE || first + events.length >= needed) return events;
    }
    return this.#ask(page);
  }

  #ask(page: number): Promise<readonly HistoryEvent[]> {
    const coming = this.#source
      .events(page * PAGE, PAGE)
      .then((events) => {
        this.#pages.set(page, events);
        dropOldest(this.#pages, PAGES_KEPT);
        return events;
      })
      .finally(() => {
        if (this.#coming.get(page) === coming) this.#coming.delete(page);
      });
    this.#coming.set(page, coming);
    return coming;
  }

  #keep(seq: number, state: Json): void {
    this.#kept.set(seq, state);
    dropOldest(this.#kept, STATES_KEPT);
  }
}

const pageOf = (seq: number): number => Math.floor((seq - 1) / PAGE);

function dropOldest<Key, Value>(map: Map<Key, Value>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
