import type { EventType, HistoryEvent, StepKey } from '@perdure/engine';
import type { NodeId } from '@perdure/graph';
import { versionWords } from '../components/version-words.ts';
import type { StatusShape } from '../status/status-icon.tsx';
import { frameWords, type StepFold } from './fold-steps.ts';

/** The mark of an event in the list: most are just a dot. */
const SHAPES: Partial<Record<EventType, StatusShape>> = {
  TaskCompleted: 'completed',
  SubOrchestrationInstanceCompleted: 'completed',
  HumanTaskDecided: 'completed',
  EntityOperationCompleted: 'completed',
  EventReceived: 'completed',
  ContainerExited: 'completed',
  TaskFailed: 'failed',
  TaskQuarantined: 'warning',
  TaskReleased: 'running',
  SubOrchestrationInstanceFailed: 'failed',
  EntityOperationFailed: 'failed',
  StepFailed: 'failed',
  StepPinned: 'completed',
  TimerCreated: 'waiting',
  EventAwaited: 'waiting',
  EntityOperationCalled: 'waiting',
  EntityLockRequested: 'waiting',
  HumanTaskCreated: 'waiting',
  ExecutionSuspended: 'suspended',
  ExecutionResumed: 'running',
  ExecutionTerminated: 'terminated',
  TokenCancelled: 'canceled',
  ExecutionRewound: 'running',
  StepRetried: 'running',
  StepSkippedByHand: 'canceled',
};

export function eventShape(event: HistoryEvent): StatusShape | null {
  if (event.type === 'ExecutionCompleted')
    return event.status === 'Completed' ? 'completed' : event.status === 'Failed' ? 'failed' : 'canceled';
  return SHAPES[event.type] ?? null;
}

/** The node an event is about, if it is about one. */
export function eventNode(event: HistoryEvent, steps: StepFold): NodeId | null {
  if ('node' in event) return event.node;
  const key = eventStep(event);
  return key === null ? null : (steps.steps.get(key)?.node ?? nodeOfKey(key));
}

/** Until the step's opening is loaded its key tells: `for_each#1[12]/reserve#1`. */
function nodeOfKey(key: StepKey): NodeId | null {
  return (/([^/#]+)#[^/]*$/.exec(key)?.[1] as NodeId | undefined) ?? null; // keys are made of node ids
}

export function eventStep(event: HistoryEvent): StepKey | null {
  return 'step' in event ? event.step : null;
}

/** `Reserve stock, item 19`, `Credit check, 503 Service Unavailable`, … */
export function eventDetail(
  event: HistoryEvent,
  steps: StepFold,
  titleOf: (node: NodeId) => string,
  nameOf: (person: string) => string,
): string {
  const node = eventNode(event, steps);
  const key = eventStep(event);
  const frame = 'frame' in event ? event.frame : key === null ? '' : (steps.steps.get(key)?.frame ?? '');
  const parts = [node === null ? '' : titleOf(node), frameWords(frame), extra(event, nameOf)];
  return parts.filter(Boolean).join(', ');
}

function extra(event: HistoryEvent, nameOf: (person: string) => string): string {
  switch (event.type) {
    case 'TaskScheduled':
      return event.attempt > 1 ? `attempt ${event.attempt}` : '';
    case 'TaskQuarantined':
      return `begun ${event.claims} times without an outcome`;
    case 'TaskFailed':
    case 'StepFailed':
    case 'SubOrchestrationInstanceFailed':
    case 'EntityOperationFailed':
      return event.failure.message;
    case 'TimerCreated':
    case 'TimerFired':
      return event.purpose === 'timer' ? '' : event.purpose;
    case 'ExecutionStarted':
      return `${event.test ? 'Test run, ' : ''}${versionWords(event.version)}, by ${nameOf(event.startedBy)}`;
    case 'VersionMigrated':
      return [`to ${versionWords(event.version)}`, by(event, nameOf)].join(', ');
    case 'VariablesEdited':
      return [Object.keys(event.values).join(', '), by(event, nameOf)].join(', ');
    case 'StepRetried':
    case 'StepSkippedByHand':
    case 'ExecutionRewound':
    case 'ExecutionSuspended':
    case 'ExecutionResumed':
    case 'ExecutionTerminated':
      return by(event, nameOf);
    case 'TaskReleased':
      return by(event, nameOf);
    case 'ExecutionCompleted':
      return event.failure?.message ?? event.status;
    case 'EventRaised':
    case 'EventAwaited':
      return event.name;
    case 'StepPinned':
      return event.failure?.message ?? '';
    case 'ConditionTaken':
      return event.port;
    case 'JoinFired':
      return `pass ${event.pass}`;
    case 'HumanTaskClaimed':
    case 'HumanTaskReleased':
      return `by ${nameOf(event.by)}`;
    case 'HumanTaskAssigned':
      return `${event.kind} to ${nameOf(event.to)} by ${nameOf(event.by)}${event.note === null ? '' : `: ${event.note}`}`;
    case 'HumanTaskEscalated':
      return `to ${event.to.map(nameOf).join(', ')}`;
    case 'HumanTaskVoted':
    case 'HumanTaskDecided':
      return `${event.outcome} by ${nameOf(event.by)}`;
    case 'ContainerEntered':
      return event.count === undefined ? '' : `${event.count} items`;
    case 'SubOrchestrationInstanceCreated':
      return event.instanceId;
    case 'EntityOperationCalled':
    case 'EntityOperationSignaled':
      return `${event.entity.slice(1)} ${event.operation}`;
    case 'EntityLockRequested':
      return event.entities.map((id) => id.slice(1)).join(', ');
    case 'TokenCancelled':
      return `${event.steps.length} ${event.steps.length === 1 ? 'step' : 'steps'}, ${event.reason}`;
    default:
      return '';
  }
}

function by(event: { by: string; reason: string }, nameOf: (person: string) => string): string {
  return event.reason === '' ? `by ${nameOf(event.by)}` : `by ${nameOf(event.by)}: ${event.reason}`;
}
