import type { Command, Effect, Evaluator, ExecutionId, HistoryEvent, InstanceStatus, Outcome, StepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { ActivityJob } from '../activity-dispatcher.ts';

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
  /** How much a checkpoint would hold, roughly. */
  readonly size: number;
  decide(command: Command, evaluator: Evaluator): Decision | Promise<Decision>;
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
  events: readonly HistoryEvent[];
  effects: readonly Effect[];
  outcome: Outcome;
}
