import type {
  CommandBody,
  Effect,
  EntityCommandBody,
  EntityEffect,
  EntityEvent,
  Evaluator,
  ExecutionId,
  HistoryEvent,
  InstanceStatus,
  Outcome,
  StepKey,
} from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { ActivityJob } from '../activity-runner.ts';

/**
 * What decides for one instance: its state in memory and the rules that turn commands into events. The worker knows nothing else of an
 * instance, so whatever keeps to this runs on the same partitions, fencing, group commit, timers and messages.
 *
 * D1 `decide` has folded its events into the state when it answers; `seq`, `status` and all the rest tell of that state;
 * D2 when it throws or rejects, the decider is half-way and worthless;
 * D3 the same state, command and answers of the evaluator give the same events.
 */
export interface Decider {
  /** Empty before the first event. */
  readonly executionId: ExecutionId;
  /** What the row is filed under. */
  readonly workflow: string;
  readonly version: number;
  /** W3C trace context of its start, when that was traced. */
  readonly traceParent?: string | undefined;
  readonly status: InstanceStatus;
  /** Of the last event folded in. */
  readonly seq: number;
  readonly customStatus: Json;
  /** Activities scheduled and without an outcome. */
  readonly runningActivities: number;
  /** Whether a request after its end begins a new execution, which takes the place of the ended one. */
  readonly startsAnew: boolean;
  /** How much a checkpoint would hold, roughly. */
  readonly size: number;
  /** `at`: database clock. `seed`: random text. One that is not for this kind of instance is refused. */
  decide(command: { at: number; seed: string } & InstanceCommand, evaluator: Evaluator): Decision | Promise<Decision>;
  /** What lists show as "where and why". */
  whereabouts(): Json;
  /** For a checkpoint. */
  encode(): Json;
  /** Steps whose activity was scheduled and has no outcome. */
  openActivities(): StepKey[];
  /** The step's activity as it is to run now; null when there is none to run. */
  activity(step: StepKey): (Omit<ActivityJob, 'instanceId' | 'executionId' | 'again'> & { queue: string | null }) | null;
}

export interface Decision {
  events: readonly StoredEvent[];
  effects: readonly (Effect | EntityEffect)[];
  outcome: Outcome;
}

/** What can be asked of an instance, whatever decides for it. */
export type InstanceCommand = CommandBody | EntityCommandBody;

/** One fact of a history, whatever decided it. */
export type StoredEvent = HistoryEvent | EntityEvent;
