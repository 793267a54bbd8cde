import type { HistoryEvent } from '@perdure/engine';
import type { NodeId, WorkflowDocument } from '@perdure/graph';
import type { HistoryPage, ShownStatus } from '@perdure/server/contract';
import { createStore } from 'zustand/vanilla';
import { RunFold, type RunState } from '../canvas/fold-run-state.ts';
import type { RunPicture, RunView } from '../canvas/run-store.ts';
import { EngineStates, type HistorySource } from './engine-states.ts';
import { StepFold } from './fold-steps.ts';
import { idleSlice } from './idle-slice.ts';
import { pictureOfState } from './picture-of-state.ts';

/*
 * One instance's history in the page, and the moment of it that is shown.
 * A long history comes in lean pages behind the first paint; until they are all here, what is open comes from the engine's state.
 * Whoever steps through it meanwhile goes first: pages are folded in idle moments, and come, like states, when the playhead rests.
 * It draws nothing and knows no React: `use-instance-run.ts` connects it.
 *
 * 1. `events` has no gaps: event n stands at n - 1. What arrives live beyond a gap waits until the pages have come to it.
 * 2. The picture is of `playhead`; null = of the latest event, which moves on.
 * 3. Folds are only moved forwards. To go back, one kept every 1,000 events is cloned: a step costs at most 1,000 events.
 */

const SNAPSHOT_EVERY = 1_000;
const FIRST_PAGE = 1_000;
/** Read within half a frame; folded in slices. */
const PAGE = 2_000;
/** Folded at once, before the clock is looked at. */
const SLICE = 100;
/** What hangs on the whole history is drawn so long after a page of it has come, or after the last step somebody has made through it. */
const GROWN_AFTER_MS = 200;
/** While somebody drags through what has not come, states are not asked for: each would be left before it is here. */
const AT_REST_AFTER_MS = 80;
/** While somebody drags, a page comes so often. Browser, server and database may share the processors, and each page costs a step a frame. */
const PAGE_IN_DRAG_MS = 1_000;
/** Not a drag, but a key held down: what comes next is near by. */
const NEXT = 10;
/** From here on the engine's state is asked for first, so that there is something to show at once. */
const LONG = 2_500;
/** A history longer than this is not loaded as a whole: what is folded from all of it stays unknown. */
const MOST_LOADED = 300_000;
const MOST_TRIES = 5;
const RETRY_AFTER_MS = 500;

export interface RunSource extends HistorySource {
  lean: (afterSeq: number, limit: number) => Promise<HistoryPage>;
}

export class InstanceRun {
  readonly id: string;
  readonly events: HistoryEvent[] = [];
  readonly states: EngineStates;
  readonly picture: RunPicture = {
    view: createStore<RunView>(() => ({
      revision: 0,
      nodes: new Map(),
      edges: new Map(),
      summary: summaryOf(new RunFold()),
      latest: null,
    })),
  };
  steps: StepFold;
  status: ShownStatus | null = null;
  /** Of the last event there is. */
  head: number;
  playhead: number | null = null;
  /** Why the history could not be read to its end. */
  fault: unknown = null;
  /** Rises with what is known of the history. It stays while only the moment shown moves: what does not depend on that need not be drawn again. */
  grown = 0;
  /** The events could not be all loaded, because there are too many. */
  readonly isTooLong: boolean;

  readonly #source: RunSource;
  readonly #document: WorkflowDocument;
  readonly #startNode: NodeId | null;
  #fold = new RunFold();
  #snapshots: RunFold[] = [];
  #cursor = new RunFold();
  #later: HistoryEvent[] = [];
  #loading = false;
  #stopped = false;
  /** In a row. */
  #failures = 0;
  #revision = 0;
  #drawing = false;
  #growing: ReturnType<typeof setTimeout> | undefined;
  #showingSoon: ReturnType<typeof setTimeout> | undefined;
  #steppedAt = -Infinity;
  readonly #listeners = new Set<() => void>();

  constructor(id: string, document: WorkflowDocument, head: number, source: RunSource) {
    this.id = id;
    this.head = head;
    this.#source = source;
    this.#document = document;
    this.#startNode = document.nodes.find((node) => node.type === 'start')?.id ?? null;
    this.steps = new StepFold(this.#startNode);
    this.states = new EngineStates(id, source);
    this.isTooLong = head > MOST_LOADED;
  }

  get isLoaded(): boolean {
    return this.events.length >= this.head;
  }

  /** The event shown: the playhead, or the last there is. */
  get seq(): number {
    return this.playhead ?? this.head;
  }

  /** An event, if it is here: lean from the loaded history, or whole from what the engine's states were folded from. */
  event(seq: number): HistoryEvent | undefined {
    return this.events[seq - 1] ?? this.states.known(seq);
  }

  /** Loads the history up to the last event. `finished`: nothing is open any more. */
  async load(finished: boolean): Promise<void> {
    this.#stopped = false;
    if (this.head > LONG) void this.#showState(finished && this.playhead === null ? this.head - 1 : this.seq);
    if (!this.isTooLong) await this.#fill();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#growing);
    clearTimeout(this.#showingSoon);
    this.#growing = undefined;
  }

  /** New events, in order; what is known already is passed over. */
  push(events: readonly HistoryEvent[], status: ShownStatus): void {
    const [first] = events;
    // The id was given to another run of it: everything known is of the one before.
    if (first?.seq === 1 && this.events.length > 0 && this.events[0]?.at !== first.at) this.#startOver();
    this.status = status;
    this.head = Math.max(this.head, events.at(-1)?.seq ?? 0);
    const next = this.events.length + 1;
    const fresh = events.filter(({ seq }) => seq >= next);
    if (fresh[0]?.seq === next) this.#apply(fresh);
    else if (fresh.length > 0) {
      const last = this.#later.at(-1)?.seq ?? 0;
      this.#later.push(...fresh.filter(({ seq }) => seq > last));
      void this.#fill();
    }
    this.#grow();
  }

  /** Shows the instance as it was after event `seq`; null = as it is. */
  show(seq: number | null): void {
    const before = this.seq;
    this.playhead = seq === null ? null : Math.max(1, Math.min(this.head, seq));
    const isNext = Math.abs(this.seq - before) <= NEXT;
    const isAtRest = performance.now() - this.#steppedAt > AT_REST_AFTER_MS;
    this.#steppedAt = performance.now();
    clearTimeout(this.#showingSoon);
    const showState = (): void => {
      if (!this.#stopped && !this.#canFold(this.seq)) void this.#showState(this.seq);
    };
    if (isAtRest || isNext || this.states.isNear(this.seq)) showState();
    else this.#showingSoon = setTimeout(showState, AT_REST_AFTER_MS);
    if (this.#growing !== undefined) this.#growSoon();
    this.#draw();
  }

  /** The first failure behind (or before) an event, as far as the history is here. */
  failureFrom(seq: number, direction: 1 | -1): number | null {
    for (let at = seq + direction; at >= 1 && at <= this.events.length; at += direction) {
      const event = this.events[at - 1];
      if (event && isFailure(event)) return at;
    }
    return null;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly revision = (): number => this.#revision;

  async #fill(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      while (!this.#stopped && this.events.length < this.head) {
        if (this.events.length > 0) await this.#untilAtRest();
        const after = this.events.length;
        const { steps } = this;
        const page = await this.#source.lean(after, after === 0 ? FIRST_PAGE : PAGE);
        if (this.#stopped || page.events.length === 0) return;
        // Live events were faster, or another run has taken the id.
        if (steps !== this.steps || after !== this.events.length) continue;
        const isAwaited = !this.#canFold(this.seq);
        if (after === 0) this.#apply(page.events);
        else await this.#applyWhenIdle(page.events);
        if (this.#stopped) return;
        this.head = Math.max(this.head, this.events.length);
        if (after === 0) this.#grow();
        else this.#growSoon();
        // Who steps draws the next moment anyway; what they look at is drawn at once.
        if ((isAwaited && this.#canFold(this.seq)) || !this.#isStepping) this.#draw();
      }
      this.fault = null;
      this.#failures = 0;
    } catch (thrown) {
      this.fault = thrown;
      this.#failures += 1;
      // A line that was cut is there again soon; what is refused stays so.
      if (this.#failures <= MOST_TRIES) setTimeout(() => void this.#fill(), RETRY_AFTER_MS * 2 ** this.#failures);
      this.#grow();
    } finally {
      this.#loading = false;
    }
  }

  get #isStepping(): boolean {
    return performance.now() - this.#steppedAt < GROWN_AFTER_MS;
  }

  async #untilAtRest(): Promise<void> {
    const latest = performance.now() + PAGE_IN_DRAG_MS;
    for (;;) {
      const waitMs = Math.min(this.#steppedAt + AT_REST_AFTER_MS, latest) - performance.now();
      if (waitMs <= 0 || this.#stopped) return;
      await new Promise((resume) => setTimeout(resume, waitMs));
    }
  }

  async #applyWhenIdle(events: readonly HistoryEvent[]): Promise<void> {
    const { steps } = this;
    for (let from = 0; from < events.length;) {
      const endsAt = (await idleSlice()) + performance.now();
      // Meanwhile it may have begun anew.
      if (this.#stopped || steps !== this.steps) return;
      do {
        this.#apply(events.slice(from, from + SLICE));
        from += SLICE;
      } while (from < events.length && performance.now() < endsAt);
    }
  }

  /** What is known already is passed over. */
  #apply(given: readonly HistoryEvent[]): void {
    const events = given.filter(({ seq }) => seq > this.events.length);
    if (events[0] !== undefined && events[0].seq !== this.events.length + 1) return;
    for (const event of events) {
      this.events.push(event);
      this.#fold.apply([event]);
      if (event.seq % SNAPSHOT_EVERY === 0) this.#snapshots[event.seq / SNAPSHOT_EVERY] = this.#fold.clone();
    }
    this.steps.apply(events);
    if (this.#later[0]?.seq === this.events.length + 1) {
      const later = this.#later;
      this.#later = [];
      this.#apply(later);
    } else this.#later = this.#later.filter(({ seq }) => seq > this.events.length);
  }

  #startOver(): void {
    this.events.length = 0;
    this.steps = new StepFold(this.#startNode);
    this.#fold = new RunFold();
    this.#snapshots = [];
    this.#cursor = new RunFold();
    this.#later = [];
    this.head = 0;
    this.playhead = null;
  }

  #canFold(seq: number): boolean {
    return seq <= this.events.length;
  }

  #foldedTo(seq: number): RunFold {
    if (seq === this.#fold.seq) return this.#fold;
    if (this.#cursor.seq > seq || seq - this.#cursor.seq > SNAPSHOT_EVERY)
      this.#cursor = this.#snapshots[Math.floor(seq / SNAPSHOT_EVERY)]?.clone() ?? new RunFold();
    this.#cursor.apply(this.events.slice(this.#cursor.seq, seq));
    return this.#cursor;
  }

  /** Until the history is here: what the engine's state tells. */
  async #showState(seq: number): Promise<void> {
    try {
      const isWanted = (): boolean => !this.#stopped && !this.#canFold(this.seq) && (this.playhead === null || this.playhead === seq);
      await this.states.at(
        seq,
        (state) => {
          if (!isWanted()) return;
          const { nodes, edges } = pictureOfState(state, this.#document);
          this.#publish({ nodes, edges }, { ...summaryOf(this.#fold), startedAt: state.startedAt, seq });
        },
        isWanted,
      );
    } catch (thrown) {
      this.fault = thrown;
    }
    this.#growSoon();
    this.#draw();
  }

  /** Pages come faster than all that hangs on them can be drawn again, and whoever steps through the history meanwhile goes first. */
  #growSoon(): void {
    clearTimeout(this.#growing);
    this.#growing = setTimeout(() => this.#grow(), GROWN_AFTER_MS);
  }

  #grow(): void {
    clearTimeout(this.#growing);
    this.#growing = undefined;
    this.grown += 1;
    this.#draw();
  }

  /** A storm of events is drawn once per frame. A hidden tab gets no frames; the timer serves it. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    const draw = (): void => {
      // Whichever came first has drawn; the other one would draw what comes later, in the middle of a frame.
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      this.#drawing = false;
      this.#revision += 1;
      if (this.events.length > 0 && this.#canFold(this.seq)) {
        const fold = this.#foldedTo(this.seq);
        this.#publish(fold.state(), summaryOf(fold));
      }
      for (const listener of this.#listeners) listener();
    };
    const frame = requestAnimationFrame(draw);
    const timer = setTimeout(draw, 250);
  }

  #publish({ nodes, edges }: Pick<RunState, 'nodes' | 'edges'>, summary: RunView['summary']): void {
    const event = this.event(this.seq);
    const step = event && 'step' in event ? this.steps.steps.get(event.step) : undefined;
    const latest = event && 'node' in event ? event.node : (step?.node ?? null);
    this.picture.view.setState((before) => ({
      revision: before.revision + 1,
      nodes,
      edges,
      summary,
      latest: latest ?? before.latest,
    }));
  }
}

export function isFailure(event: HistoryEvent): boolean {
  switch (event.type) {
    case 'TaskFailed':
    case 'StepFailed':
    case 'SubOrchestrationInstanceFailed':
    case 'EntityOperationFailed':
      return true;
    default:
      return false;
  }
}

function summaryOf({ seq, startedAt, finishedAt, suspended, finished, test }: RunFold): RunView['summary'] {
  return { seq, startedAt, finishedAt, suspended, finished, test };
}
