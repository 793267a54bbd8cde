import type { HistoryEvent } from '@perdure/engine';
import type { EdgeId, NodeId } from '@perdure/graph';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { RunFold, type EdgeRun, type NodeRun, type RunState } from './fold-run-state.ts';

/**
 * Live run status, apart from React Flow's nodes: a status storm must not rewrite `nodes`.
 * Events may arrive in any number; the screen hears of them once per animation frame.
 */
export interface RunStore extends RunPicture {
  /** Events in order; ones already seen are passed over, so overlapping batches after a reconnect are harmless. */
  push(events: readonly HistoryEvent[]): void;
  /** Starts over with another history. */
  reset(events?: readonly HistoryEvent[]): void;
  readonly seq: number;
  state(): RunState;
}

/** What a canvas draws of a run, live or as it was at some moment. */
export interface RunPicture {
  readonly view: StoreApi<RunView>;
}

export interface RunView {
  /** Rises with every batch shown. */
  revision: number;
  nodes: ReadonlyMap<NodeId, NodeRun>;
  edges: ReadonlyMap<EdgeId, EdgeRun>;
  summary: Pick<RunState, 'seq' | 'startedAt' | 'finishedAt' | 'suspended' | 'finished' | 'test'>;
  /** The node whose step moved last: what Follow keeps in view. */
  latest: NodeId | null;
}

export function createRunStore(
  initial: readonly HistoryEvent[] = [],
  nextFrame: (callback: () => void) => void = onAnimationFrame,
): RunStore {
  let fold = new RunFold();
  let scheduled = false;
  let latest: NodeId | null = null;

  const view = createStore<RunView>(() => ({ revision: 0, nodes: new Map(), edges: new Map(), summary: summaryOf(fold), latest: null }));

  const publish = (): void => {
    scheduled = false;
    const state = fold.state();
    view.setState((before) => ({
      revision: before.revision + 1,
      nodes: state.nodes,
      edges: state.edges,
      summary: summaryOf(fold),
      latest,
    }));
  };

  const apply = (events: readonly HistoryEvent[]): boolean => {
    const before = fold.seq;
    const changes = fold.apply(events);
    for (const node of changes.nodes) latest = node;
    return fold.seq !== before;
  };

  const store: RunStore = {
    push(events) {
      if (!apply(events) || scheduled) return;
      scheduled = true;
      nextFrame(publish);
    },
    reset(events = []) {
      fold = new RunFold();
      latest = null;
      apply(events);
      publish();
    },
    get seq() {
      return fold.seq;
    },
    view,
    state: () => fold.state(),
  };
  if (initial.length > 0) store.reset(initial);
  return store;
}

function summaryOf({ seq, startedAt, finishedAt, suspended, finished, test }: RunFold): RunView['summary'] {
  return { seq, startedAt, finishedAt, suspended, finished, test };
}

/** A hidden tab gets no animation frames; the store must still catch up there, hence the timer. */
function onAnimationFrame(callback: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    callback();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}
