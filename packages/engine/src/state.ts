import type { EdgeId, Json, NodeId, PortId } from '@perdure/graph';
import type { ExecutionId, FrameId, InstanceId, StepKey, TimerId } from './ids.ts';
import type { Failure } from './failure.ts';
import type { HumanTaskBody, HumanTaskHolder, HumanTaskVote, ParentLink, TimerPurpose, TokenLeft } from './history-event.ts';
import type { InstanceStatus } from './status.ts';
import type { TestRun } from './test-run.ts';

/**
 * The fold of an instance's history. Only `evolve` changes it, in place. Its size follows what is open now, not how long the history is.
 * `encodeState`/`decodeState` turn it into JSON and back for checkpoints.
 */
export interface InstanceState {
  instanceId: InstanceId;
  executionId: ExecutionId;
  workflow: string;
  version: number;
  status: InstanceStatus;
  /** Of the last event folded in; 0 before the first. */
  seq: number;
  startedAt: number;
  parent: ParentLink | null;
  /** See ExecutionStarted. */
  traceParent?: string;
  /** Absent: no test run. */
  test?: TestRun;
  tags: string[];
  /** See ExecutionStarted; absent also in what was started before it was recorded. */
  requester?: string;
  coRequesters?: string[];
  input: Json;
  output: Json;
  failure: Failure | null;
  customStatus: Json;
  vars: Record<string, Json>;
  frames: Map<FrameId, Frame>;
  steps: Map<StepKey, OpenStep>;
  timers: Map<TimerId, { step: StepKey; purpose: TimerPurpose; fireAt: number }>;
  /** Early external events by lower-case name, oldest first. */
  buffered: Map<string, { raised: number; data: Json }[]>;
  /** Steps that wait for an event, by lower-case name, oldest first. */
  eventWaits: Map<string, Set<StepKey>>;
  /** Activity steps scheduled and without an outcome (not those waiting to be retried, nor those in quarantine). */
  runningActivities: number;
  /** Activity steps held in quarantine, with the claims that brought them there; oldest first. */
  quarantined: Map<StepKey, number>;
  /** What became known while suspended and has not been acted on. */
  deferred: Deferred[];
  /** What the failure underway has closed; of an instance that failed, all that a rewind opens again. Null: nothing is failing. */
  fallen: Fallen | null;
}

/** See fallen.ts. */
export interface Fallen {
  /** The open steps that the failure came from; none when it came from a node without one. */
  failed: StepKey[];
  /** The container whose pass the failure has just ended. */
  leaving: StepKey | null;
  /** `claims`: it was held in quarantine. */
  steps: { step: OpenStep; claims?: number }[];
  /** `ended`: the failure left it. `before`: of a loop, the result of the pass before it. */
  frames: { frame: Frame; ended: boolean; before?: Json }[];
  timers: { timer: TimerId; step: StepKey; purpose: TimerPurpose; fireAt: number; fired: boolean }[];
  /** On their way; with `step`, the token of a node that failed without opening one. */
  tokens: (TokenLeft & { step?: StepKey })[];
  buffered: [name: string, events: { raised: number; data: Json }[]][];
  /** When the instance failed. */
  at: number;
  /** Its end says which tokens were on their way. */
  recorded: boolean;
}

/** A container's running content, or the root. */
export interface Frame {
  id: FrameId;
  /** The container's step, or null for the root. */
  step: StepKey | null;
  parent: FrameId | null;
  /** The container node, or null for the root. */
  node: NodeId | null;
  index: number;
  item?: Json;
  caughtFrom?: StepKey;
  /** Steps of this frame that are open. The frame ends when none is left and no join in it holds tokens it could still fire with. */
  open: Set<StepKey>;
  visits: Map<NodeId, number>;
  outputs: Map<NodeId, Json>;
  joins: Map<NodeId, JoinState>;
  /** Failures of this frame's steps: what `error` reads once one of them is caught. The newest, and those still carried by an open step. */
  failures: Map<StepKey, Failure>;
  result: Json;
}

/** Token n on an edge belongs to pass n; passes fire in order. */
export interface JoinState {
  arrived: Map<EdgeId, number>;
  fired: number;
  /** Of passes that have not fired: what the first token of each was caught with, if it was. */
  caught: Map<number, StepKey>;
}

interface OpenStepBase {
  key: StepKey;
  node: NodeId;
  frame: FrameId;
  via: EdgeId | null;
  openedAt: number;
  caughtFrom?: StepKey;
}

/** Retries count from here: the last attempt that does not count any more, and when the first that does may have begun. [O3, O6] */
export interface FreshStart {
  attempt: number;
  at: number;
}

export type OpenStep =
  | (OpenStepBase & {
      kind: 'activity';
      activity: string;
      queue: string | null;
      input: Json;
      attempt: number;
      /** `backoff`: failed, its retry timer runs. `quarantined`: held until a person decides. */
      phase: 'scheduled' | 'backoff' | 'quarantined';
      lastFailure: Failure | null;
      /** Times a person let it run again after a quarantine; claims count anew from there. Absent: never. */
      releases?: number;
      since?: FreshStart;
    })
  | (OpenStepBase & { kind: 'timer'; fireAt: number })
  | (OpenStepBase & { kind: 'event'; name: string; deadlineAt: number | null })
  /** `votes`: with what was entered. */
  | (OpenStepBase & {
      kind: 'humanTask';
      task: HumanTaskBody;
      holders: readonly HumanTaskHolder[];
      votes: readonly (HumanTaskVote & { data: Json })[];
      escalatedAt?: number;
    })
  | (OpenStepBase & {
      kind: 'subWorkflow';
      child: InstanceId;
      workflow: string;
      version: number | null;
      input: Json;
      attempt: number;
      phase: 'scheduled' | 'backoff';
      since?: FreshStart;
    })
  /** `request`: the id of the call. `section`: the critical section it is in. */
  | (OpenStepBase & { kind: 'entityCall'; request: string; entity: InstanceId; operation: string; section?: StepKey })
  /** `passes`: its frames that run now, in the order they started. */
  | (OpenStepBase & { kind: 'container'; container: ContainerState; passes: Set<FrameId> });

/** Those that own no frames. */
export type PlainStep = Exclude<OpenStep, { kind: 'container' }>;

export type ContainerState =
  | {
      type: 'forEach';
      items: Json;
      count: number;
      /** Index of the next item to start. */
      next: number;
      running: number;
      done: number;
      failed: number;
      /** By index; null = not done yet, or failed and tolerated. */
      results: Json[];
    }
  | { type: 'loop'; passes: number }
  /** `lock`: it is a critical section. */
  | { type: 'scope'; lock?: SectionLock };

/** The entities of a critical section. Not `held`: it waits for them. `calling`: those that a call inside waits for. */
export interface SectionLock {
  id: string;
  entities: readonly InstanceId[];
  held: boolean;
  calling: InstanceId[];
}

export type Deferred =
  /** `was`: the step, which has closed, for a rewind after what it leads to failed the instance. */
  | { type: 'leave'; frame: FrameId; node: NodeId; step: StepKey; port: PortId; caughtFrom?: StepKey; was?: PlainStep }
  | { type: 'fail'; frame: FrameId; node: NodeId; step: StepKey; failure: Failure; was?: PlainStep }
  | { type: 'retry'; step: StepKey }
  /** A critical section has its entities. */
  | { type: 'startPass'; step: StepKey };
