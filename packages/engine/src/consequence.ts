import { portId } from '@perdure/graph';
import type { EventBody } from './history-event.ts';
import type { Deferred, OpenStep } from './state.ts';
import { timeoutFailure } from './failure.ts';

/**
 * What follows from an event that concerns an open step: the token leaves, the step fails, or its next attempt starts. Null = nothing.
 * A running instance acts on it in the same turn; a suspended one keeps it in `deferred` until it is resumed. [L4]
 */
export function consequence(step: OpenStep, event: EventBody): Deferred | null {
  switch (event.type) {
    case 'TaskCompleted':
    case 'EventReceived':
    case 'SubOrchestrationInstanceCompleted':
    case 'EntityOperationCompleted':
      return leave(step, 'out');
    case 'EntityOperationFailed':
      return { type: 'fail', frame: step.frame, node: step.node, step: step.key, failure: event.failure };
    case 'EntityLockGranted':
      return { type: 'startPass', step: step.key };
    case 'StepRetried':
      return { type: 'retry', step: step.key };
    case 'StepSkippedByHand':
      return leave(step, event.port);
    case 'HumanTaskDecided':
      return leave(step, event.outcome);
    case 'TaskFailed':
    case 'SubOrchestrationInstanceFailed':
      return event.retry ? null : { type: 'fail', frame: step.frame, node: step.node, step: step.key, failure: event.failure };
    case 'TimerFired':
      return afterTimer(step, event);
    default:
      return null;
  }
}

function afterTimer(step: OpenStep, event: EventBody & { type: 'TimerFired' }): Deferred | null {
  switch (event.purpose) {
    case 'timer':
      return leave(step, 'out');
    case 'retry':
      return { type: 'retry', step: step.key };
    case 'deadline':
      return leave(step, 'overdue');
    case 'reminder':
    case 'escalation':
      return null;
    case 'timeout':
      if (step.kind === 'event') return leave(step, 'timeout');
      // A sub-workflow's timeout is followed by SubOrchestrationInstanceFailed, which says whether another attempt comes.
      if (step.kind === 'container')
        return { type: 'fail', frame: step.frame, node: step.node, step: step.key, failure: timeoutFailure(null) };
      return null;
  }
}

function leave(step: OpenStep, port: string): Deferred {
  const deferred: Deferred = { type: 'leave', frame: step.frame, node: step.node, step: step.key, port: portId(port) };
  if (step.caughtFrom !== undefined) deferred.caughtFrom = step.caughtFrom;
  return deferred;
}
