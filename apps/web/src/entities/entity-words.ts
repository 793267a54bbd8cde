import type { EntityEvent, InstanceId, QueuedRequest, RequestSource } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { EntityRow } from '@perdure/server/contract';
import { formatMoment } from '../components/moment.ts';
import type { StatusShape } from '../status/status-icon.tsx';

/** A value in one line. */
export function shortJson(value: Json, most: number): string {
  const text = JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** `2 requests, 1 delayed`. */
export function queueWords({ queued, delayed }: Pick<EntityRow, 'queued' | 'delayed'>): string {
  const parts = [queued === 0 ? '' : `${queued} ${queued === 1 ? 'request' : 'requests'}`, delayed === 0 ? '' : `${delayed} delayed`];
  return parts.filter(Boolean).join(', ') || 'Nothing';
}

export interface EventWords {
  shape: StatusShape | null;
  what: string;
  /** `deposit 25`. */
  operation: string;
  /** What came of it. */
  outcome: string;
  from: RequestSource | null;
}

/** One event of an entity's history as a line of its table. */
export function entityEventWords(event: EntityEvent): EventWords {
  const none = { shape: null, operation: '', outcome: '', from: null };
  switch (event.type) {
    case 'EntityStarted':
      return { ...none, what: 'Began' };
    case 'EntityOperationApplied': {
      const changed = event.state === undefined ? '' : event.exists ? `, state ${shortJson(event.state, 120)}` : '';
      const outcome = event.exists || event.state === undefined ? `${shortJson(event.result, 120)}${changed}` : 'state removed';
      return { shape: 'completed', what: 'Applied', ...requested(event.request), outcome };
    }
    case 'EntityOperationRejected':
      return { shape: 'failed', what: 'Rejected', ...requested(event.request), outcome: `${event.failure.code}: ${event.failure.message}` };
    case 'EntityRequestQueued':
      return { shape: 'waiting', what: 'Queued', ...queued(event.queued), outcome: 'waits until the lock is released' };
    case 'EntitySignalDelayed':
      return { shape: 'waiting', what: 'Delayed', ...requested(event.request), outcome: `until ${formatMoment(event.fireAt)}` };
    case 'EntitySignalDue':
      return { ...none, what: 'Delay over' };
    case 'EntityLocked':
      return { ...none, shape: 'suspended', what: 'Locked', from: lockSource(event.lock) };
    case 'EntityUnlocked':
      return { ...none, what: 'Released' };
    case 'EntityEnded':
      return { ...none, what: 'Ended', outcome: 'nothing is left to remember' };
  }
}

function requested(request: { operation: string; input: Json; from: RequestSource }): Pick<EventWords, 'operation' | 'from'> {
  const input = request.input === null ? '' : ` ${shortJson(request.input, 120)}`;
  return { operation: `${request.operation}${input}`, from: request.from };
}

function queued(request: QueuedRequest): Pick<EventWords, 'operation' | 'from'> {
  return request.kind === 'operation' ? requested(request.request) : { operation: 'lock', from: lockSource(request.lock) };
}

function lockSource({
  instanceId,
  step,
}: {
  instanceId: InstanceId;
  step: Extract<RequestSource, { kind: 'workflow' }>['step'];
}): RequestSource {
  return { kind: 'workflow', instanceId, step };
}
