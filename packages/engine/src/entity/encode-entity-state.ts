import type { Json } from '@perdure/graph';
import type { EntityState } from './entity-state.ts';

/* An entity's checkpoint: its state as plain JSON. [V4] */

const FORMAT = 'entity-1';

interface Encoded extends Omit<EntityState, 'delayed'> {
  format: typeof FORMAT;
  delayed: [string, unknown][];
}

export function encodeEntityState(state: EntityState): Json {
  const encoded: Encoded = { format: FORMAT, ...state, queue: [...state.queue], delayed: [...state.delayed] };
  // Every field of it is text, a number, a list, an object or null.
  return encoded as unknown as Json;
}

/** Throws when the JSON is not an entity's checkpoint of a known format: the history is the truth and can be folded instead. */
export function decodeEntityState(json: Json): EntityState {
  // Written by encodeEntityState and kept where only the runtime writes.
  const encoded = json as unknown as Encoded;
  if (encoded?.format !== FORMAT) throw new Error('This is not an entity’s checkpoint of a known format.');
  const { format: _format, delayed, ...plain } = encoded;
  return { ...plain, queue: [...plain.queue], delayed: new Map(delayed) as EntityState['delayed'] };
}
