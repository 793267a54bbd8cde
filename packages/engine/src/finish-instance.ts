import type { Effect } from './effect.ts';
import type { EventBody } from './history-event.ts';
import { emit } from './turn.ts';
import type { Turn } from './turn.ts';

/** Appends the one terminal event and tells the parent, if there is one that waits. [L5, S4] */
export function finishInstance(
  turn: Turn,
  event: EventBody & { type: 'ExecutionCompleted' | 'ExecutionTerminated' },
  result: (Effect & { type: 'NotifyParent' })['result'],
): void {
  const { parent } = turn.state;
  emit(turn, event);
  if (parent) turn.effects.push({ type: 'NotifyParent', parent, result });
}
