/**
 * An instance's state as the stores have it. The hot copy is believed only when it is the stored execution at the stored seq; a checkpoint
 * only when the state folded from it is; the whole history has the last word.
 */
import { decodeState, evolve, initialState, type HistoryEvent, type InstanceId, type InstanceState } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { DurableStore, StoredHistory, StoredInstance } from './ports/durable-store.ts';
import type { HotInstance } from './ports/hot-store.ts';

/** @param history checkpoint and tail, when they have been read already. Throws when the history does not lead to the stored seq. */
export async function readState(
  store: Pick<DurableStore, 'loadHistory'>,
  instance: StoredInstance,
  hot: HotInstance | undefined,
  history: StoredHistory | undefined,
): Promise<InstanceState> {
  const { id, checkpointSeq } = instance;
  if (instance.seq === 0) return initialState(id);
  const fits = (state: InstanceState): boolean => state.seq === instance.seq && state.executionId === instance.executionId;
  if (history === undefined && hot !== undefined) {
    const state = attempt(() => stateFromHot(id, hot));
    if (state !== undefined && fits(state)) return state;
  }
  const read = history ?? (await store.loadHistory([{ id, checkpointSeq, after: checkpointSeq }])).get(id);
  const state = read === undefined ? undefined : attempt(() => foldState(id, read.checkpoint, read.events));
  if (state !== undefined && fits(state)) return state;
  // A checkpoint of another format, or a damaged one: the whole history can still be folded.
  const whole = (await store.loadHistory([{ id, checkpointSeq: 0, after: 0 }])).get(id);
  const folded = foldState(id, null, whole?.events ?? []);
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

function stateFromHot(id: InstanceId, hot: HotInstance): InstanceState {
  // Both were written by this program: JSON of encodeState and of history events.
  const checkpoint = hot.checkpoint === null ? null : (JSON.parse(hot.checkpoint) as Json);
  const events = hot.tail.flatMap((text) => JSON.parse(text) as HistoryEvent[]);
  return foldState(id, checkpoint, events);
}

function foldState(id: InstanceId, checkpoint: Json | null, events: readonly HistoryEvent[]): InstanceState {
  let state = checkpoint === null ? initialState(id) : decodeState(checkpoint);
  for (const event of events) state = evolve(state, event);
  return state;
}
