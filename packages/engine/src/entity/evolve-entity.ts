import type { EntityEvent } from './entity-event.ts';
import type { EntityState } from './entity-state.ts';

/**
 * The fold: applies one event to the state in place and gives it back. It evaluates nothing and needs no plan. An event that does not fit is
 * a bug or a damaged history, and throws.
 */
export function evolveEntity(state: EntityState, event: EntityEvent): EntityState {
  if (event.seq !== state.seq + 1) throw new Error(`Entity event ${event.seq} (${event.type}) does not follow ${state.seq}.`);
  state.seq = event.seq;
  switch (event.type) {
    case 'EntityStarted':
      state.executionId = event.executionId;
      state.startedAt = event.at;
      state.status = 'Running';
      break;
    case 'EntityOperationApplied':
      leaveQueue(state, event.request.id);
      state.version = event.version;
      state.lastOperationAt = event.at;
      if (!event.exists) state.content = null;
      else if (event.state !== undefined) state.content = { state: event.state };
      break;
    case 'EntityOperationRejected':
      leaveQueue(state, event.request.id);
      state.version = event.version;
      state.lastOperationAt = event.at;
      break;
    case 'EntityRequestQueued':
      state.queue.push(event.queued);
      break;
    case 'EntitySignalDelayed':
      state.delayed.set(event.timer, { fireAt: event.fireAt, request: event.request });
      break;
    case 'EntitySignalDue':
      if (!state.delayed.delete(event.timer)) throw new Error(`No signal waits for the timer ${event.timer}.`);
      break;
    case 'EntityLocked':
      if (state.lock) throw new Error(`${state.instanceId} is locked by ${state.lock.id} already.`);
      leaveQueue(state, event.lock.id);
      state.lock = event.lock;
      break;
    case 'EntityUnlocked':
      if (state.lock?.id === event.lock) state.lock = null;
      else state.queue = state.queue.filter((queued) => queued.kind !== 'lock' || queued.lock.id !== event.lock);
      break;
    case 'EntityEnded':
      state.status = 'Completed';
      break;
  }
  return state;
}

/** What is taken up is always the first; a request that never had to wait is not in the queue. */
function leaveQueue(state: EntityState, id: string): void {
  const [first] = state.queue;
  if (first && (first.kind === 'lock' ? first.lock.id : first.request.id) === id) state.queue.shift();
}
