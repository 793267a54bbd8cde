/**
 * An instance's state as the stores have it. The hot copy is believed only when it is the stored execution at the stored seq; a checkpoint
 * only when the state folded from it is; the whole history has the last word.
 */
import {
  decodeEntityState,
  decodeState,
  evolve,
  evolveEntity,
  initialEntityState,
  initialState,
  type EntityEvent,
  type EntityState,
  type HistoryEvent,
  type InstanceId,
  type InstanceState,
} from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { StoredEvent } from './ports/decider.ts';
import type { DurableStore, StoredHistory, StoredInstance } from './ports/durable-store.ts';
import type { HotInstance } from './ports/hot-store.ts';

/** How a history becomes a state. */
interface Fold<State> {
  initial(id: InstanceId): State;
  evolve(state: State, event: StoredEvent): State;
  decode(checkpoint: Json): State;
}

// A history holds events of its own kind only: what decides for an instance follows from its id.
export const workflowFold: Fold<InstanceState> = {
  initial: initialState,
  evolve: (state, event) => evolve(state, event as HistoryEvent),
  decode: decodeState,
};
export const entityFold: Fold<EntityState> = {
  initial: initialEntityState,
  evolve: (state, event) => evolveEntity(state, event as EntityEvent),
  decode: decodeEntityState,
};

/** @param history checkpoint and tail, when they have been read already. Throws when the history does not lead to the stored seq. */
export async function readState<State extends { seq: number; executionId: string }>(
  fold: Fold<State>,
  store: Pick<DurableStore, 'loadHistory'>,
  instance: StoredInstance,
  hot: HotInstance | undefined,
  history: StoredHistory | undefined,
): Promise<State> {
  const { id, checkpointSeq } = instance;
  if (instance.seq === 0) return fold.initial(id);
  const fits = (state: State): boolean => state.seq === instance.seq && state.executionId === instance.executionId;
  if (history === undefined && hot !== undefined) {
    const state = attempt(() => stateFromHot(fold, id, hot));
    if (state !== undefined && fits(state)) return state;
  }
  const read = history ?? (await store.loadHistory([{ id, checkpointSeq, after: checkpointSeq }])).get(id);
  const state = read === undefined ? undefined : attempt(() => foldState(fold, id, read.checkpoint, read.events));
  if (state !== undefined && fits(state)) return state;
  // A checkpoint of another format, or a damaged one: the whole history can still be folded.
  const whole = (await store.loadHistory([{ id, checkpointSeq: 0, after: 0 }])).get(id);
  const folded = foldState(fold, id, null, whole?.events ?? []);
  if (!fits(folded)) throw new Error(`The history ends at ${folded.seq}, the instance at ${instance.seq}.`);
  return folded;
}

/** Undefined when the work throws. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function stateFromHot<State>(fold: Fold<State>, id: InstanceId, hot: HotInstance): State {
  // Both were written by this program: JSON of an encoded state and of stored events.
  const checkpoint = hot.checkpoint === null ? null : (JSON.parse(hot.checkpoint) as Json);
  const events = hot.tail.flatMap((text) => JSON.parse(text) as StoredEvent[]);
  return foldState(fold, id, checkpoint, events);
}

function foldState<State>(fold: Fold<State>, id: InstanceId, checkpoint: Json | null, events: readonly StoredEvent[]): State {
  let state = checkpoint === null ? fold.initial(id) : fold.decode(checkpoint);
  for (const event of events) state = fold.evolve(state, event);
  return state;
}
