import type { EdgeId, Json, NodeId, PortId } from '@perdure/graph';
import type { ExecutionId, FrameId, InstanceId, StepKey, TimerId } from './ids.ts';
import type { Failure } from './failure.ts';
import type { PlainStep } from './state.ts';
import type { FinalStatus } from './status.ts';
import type { TestRun } from './test-run.ts';

/**
 * One fact about an instance, appended once and never changed. SPEC.md gives each type's rules.
 * `seq` counts from 1 without gaps; `at` is the database clock in epoch milliseconds, equal for all events of a turn.
 * Values over 64 KB appear as PayloadRef.
 */
export type HistoryEvent = { seq: number; at: number } & EventBody;

export type EventType = EventBody['type'];

/** Fields of every event that opens a step. `via` is the edge its token came by; null for the start node and container bodies' first nodes entered without one. */
export interface StepOpening {
  step: StepKey;
  node: NodeId;
  frame: FrameId;
  via: EdgeId | null;
  /** The failed step whose error this token carries (what `error` means here). */
  caughtFrom?: StepKey;
}

export interface ParentLink {
  instanceId: InstanceId;
  executionId: ExecutionId;
  step: StepKey;
}

export type TimerPurpose = 'timer' | 'retry' | 'timeout' | 'deadline' | 'reminder' | 'escalation';

/** What no open step tells of: tokens between steps, and steps whose outcome came while the instance was suspended. */
export interface LeftBehind {
  tokens: TokenLeft[];
  steps?: PlainStep[];
}

/** Where a token was on its way to. */
export interface TokenLeft {
  frame: FrameId;
  node: NodeId;
  via: EdgeId | null;
  caughtFrom?: StepKey;
}

export type EventBody =
  // Durable Task's
  | {
      type: 'ExecutionStarted';
      executionId: ExecutionId;
      workflow: string;
      version: number;
      input: Json;
      tags: string[];
      /** A user's id, `api`, or `workflow` for a sub-workflow. */
      startedBy: string;
      parent: ParentLink | null;
      /** W3C trace context of whoever started it, when that was traced: all of the instance's turns belong to that trace. */
      traceParent?: string;
      test?: TestRun;
      /** The person, or program, on whose behalf it runs: who started it first, or of a sub-workflow the one its parent runs for. */
      requester?: string;
      /** Those who started it again with an input of their own: it is their request, too. */
      coRequesters?: string[];
    }
  | { type: 'ExecutionSuspended'; reason: string; by: string }
  | { type: 'ExecutionResumed'; reason: string; by: string }
  | { type: 'ExecutionTerminated'; reason: string; by: string; output: Json }
  /** `left`: what was on its way when it failed. */
  | { type: 'ExecutionCompleted'; status: Exclude<FinalStatus, 'Terminated'>; output: Json; failure?: Failure; left?: LeftBehind }
  /** A failed instance goes on: what its last failure closed is open again, as it was before. */
  | { type: 'ExecutionRewound'; reason: string; by: string }
  /** Opens an activity step (attempt 1, with its input) or starts a further attempt of an open one (without `input`). */
  | ({ type: 'TaskScheduled'; activity: string; attempt: number; input?: Json; queue: string | null } & StepOpening)
  /** Closes the step. */
  | { type: 'TaskCompleted'; step: StepKey; attempt: number; output: Json }
  /** With `retry` the step stays open and waits for its retry timer; without, it closes. `by`: who gave a quarantined step up. */
  | { type: 'TaskFailed'; step: StepKey; attempt: number; failure: Failure; retry: boolean; by?: string }
  /** Purpose `timer` opens a step of its own and carries `opening`; the other purposes belong to an open step. */
  | { type: 'TimerCreated'; timer: TimerId; step: StepKey; purpose: TimerPurpose; fireAt: number; opening?: StepOpening }
  /** Purpose `timer`: closes the step. `timeout`/`deadline` of an event or human task: closes it through that port. `retry`: a TaskScheduled follows. */
  | { type: 'TimerFired'; timer: TimerId; step: StepKey; purpose: TimerPurpose }
  /** An external event arrived and is buffered. `id` is the sender's message id (repeats are dropped before they get here). */
  | { type: 'EventRaised'; id: string; name: string; data: Json; by: string }
  | ({
      type: 'SubOrchestrationInstanceCreated';
      instanceId: InstanceId;
      workflow: string;
      version: number | null;
      input: Json;
      attempt: number;
      wait: boolean;
    } & StepOpening)
  | { type: 'SubOrchestrationInstanceCompleted'; step: StepKey; instanceId: InstanceId; output: Json }
  | { type: 'SubOrchestrationInstanceFailed'; step: StepKey; instanceId: InstanceId; failure: Failure; retry: boolean }
  /** Opens the step, which waits for the answer to `request`. `section`: the critical section it is in, which holds the entity. */
  | ({
      type: 'EntityOperationCalled';
      request: string;
      entity: InstanceId;
      operation: string;
      input: Json;
      section?: StepKey;
    } & StepOpening)
  | { type: 'EntityOperationCompleted'; step: StepKey; output: Json }
  | { type: 'EntityOperationFailed'; step: StepKey; failure: Failure }
  /** Opens and closes the step: nobody waits for a signal. `fireAt`: not delivered before, null = at once. */
  | ({ type: 'EntityOperationSignaled'; entity: InstanceId; operation: string; input: Json; fireAt: number | null } & StepOpening)
  /** An open scope asks for its entities, sorted; its pass starts once they are granted. `lock` is the request's id. */
  | { type: 'EntityLockRequested'; step: StepKey; lock: string; entities: InstanceId[] }
  | { type: 'EntityLockGranted'; step: StepKey }
  // Perdure's
  /** The step is held: its attempt was begun `claims` times and never came to an outcome. Stays open. */
  | { type: 'TaskQuarantined'; step: StepKey; attempt: number; claims: number }
  /** A person let a held step run again: the same attempt. */
  | { type: 'TaskReleased'; step: StepKey; attempt: number; reason: string; by: string }
  /** A person did not want to wait for the step's retry timer, which is gone: its next attempt starts. */
  | { type: 'StepRetried'; step: StepKey; reason: string; by: string }
  /** A person closed an open step: it gives `output` in the place of its own and is left by `port`. `opening`: it had failed without being open. */
  | { type: 'StepSkippedByHand'; step: StepKey; port: PortId; output: Json; reason: string; by: string; opening?: StepOpening }
  | { type: 'VariablesEdited'; values: Record<string, Json>; reason: string; by: string }
  /**
   * From here on the instance runs another version. Keys of open steps stay; `nodes` and `edges` rename what has another id there, old to new.
   * `joins`: the incoming edges, in the new version, of every join that counts tokens; an edge without a count has delivered what was fired.
   */
  | {
      type: 'VersionMigrated';
      version: number;
      nodes: Record<NodeId, NodeId>;
      edges: Record<EdgeId, EdgeId>;
      joins: { node: NodeId; incoming: EdgeId[] }[];
      reason: string;
      by: string;
    }
  /** Opens an event step. */
  | ({ type: 'EventAwaited'; name: string } & StepOpening)
  /** The buffered event with history seq `raised` was given to the step, which closes. */
  | { type: 'EventReceived'; step: StepKey; raised: number }
  /** Opens and closes a pure step in one. */
  | ({ type: 'TransformCompleted'; output: Json } & StepOpening)
  | ({ type: 'ConditionTaken'; port: PortId } & StepOpening)
  | ({ type: 'VariablesSet'; values: Record<string, Json> } & StepOpening)
  | ({ type: 'CustomStatusSet'; status: Json } & StepOpening)
  /** A disabled node passed its token on. */
  | ({ type: 'StepSkipped' } & StepOpening)
  /** In a test run: the node gave what is pinned to it. With a failure, which left by `port`, there is no output. */
  | ({ type: 'StepPinned'; port: PortId; output: Json; failure?: Failure } & StepOpening)
  /**
   * A step failed before or without being scheduled (an expression, a fail node), or a container's inside failed it. Closes it if open.
   * `taken`: its `error` port takes the failure, which is not on its way out any more. Not told before writer format 6.
   */
  | ({ type: 'StepFailed'; failure: Failure; taken?: true } & StepOpening)
  /** A token reached a join by `via` and waits there, or is swallowed when its pass has fired already. */
  | { type: 'JoinReached'; node: NodeId; frame: FrameId; via: EdgeId; caughtFrom?: StepKey }
  /**
   * The rule of pass `pass` is met: one token leaves by `out`. With cancel the rest, `rest` names the incoming edges, which all count as
   * arrived for this pass, and the joins of the region, whose waiting tokens are gone; cancelled steps are in the TokenCancelled before.
   */
  | {
      type: 'JoinFired';
      step: StepKey;
      node: NodeId;
      frame: FrameId;
      pass: number;
      caughtFrom?: StepKey;
      rest?: { edges: EdgeId[]; joins: NodeId[] };
    }
  /** An end node consumed its token and set the result of its frame. */
  | ({ type: 'EndReached'; output: Json } & StepOpening)
  /** Opens a container step. For each: `items` is the list (or its PayloadRef), `count` its length. */
  | ({ type: 'ContainerEntered'; container: 'forEach' | 'loop' | 'scope'; items?: Json; count?: number } & StepOpening)
  /** A frame starts: an item of a for each, a pass of a loop, the one pass of a scope. */
  | { type: 'PassStarted'; frame: FrameId; step: StepKey; index: number; item?: Json }
  /** A frame is done and gone, with everything in it. `taken`: its for each tolerates the failure, as in StepFailed. */
  | { type: 'PassEnded'; frame: FrameId; step: StepKey; index: number; output: Json; failure?: Failure; taken?: true }
  /** Closes a container step through `port` (`out` or a catch); a container that fails as a whole ends in StepFailed. */
  | { type: 'ContainerExited'; step: StepKey; port: PortId; output: Json; failure?: Failure }
  | ({ type: 'HumanTaskCreated'; task: HumanTaskBody } & StepOpening)
  | { type: 'HumanTaskClaimed'; step: StepKey; by: string }
  | { type: 'HumanTaskReleased'; step: StepKey; by: string }
  /** Given to somebody: by whom, and whose seat it was (null: a free one). `delegated`: by who had it. */
  | {
      type: 'HumanTaskAssigned';
      step: StepKey;
      to: string;
      from: string | null;
      kind: 'assigned' | 'delegated';
      note: string | null;
      by: string;
    }
  /** One vote of several. When it is the deciding one, HumanTaskDecided follows. */
  | { type: 'HumanTaskVoted'; step: StepKey; outcome: PortId; data: Json; comment: string | null; by: string; groups: string[] }
  /** Candidates are added, the priority may change, and nobody has it any more. Follows the TimerFired of purpose `escalation`. */
  | { type: 'HumanTaskEscalated'; step: StepKey; to: string[]; priority: number | null }
  /** Closes the step through the port `outcome`. */
  | { type: 'HumanTaskDecided'; step: StepKey; outcome: PortId; data: Json; comment: string | null; by: string }
  /** These open steps (with all that is inside them) were removed by a join or by the end of their frame; with `rewind`, to be entered again. */
  | { type: 'TokenCancelled'; steps: StepKey[]; reason: 'join' | 'scope' | 'failure' | 'completion' | 'rewind' };

export interface HumanTaskBody {
  title: string;
  description: string | null;
  context: Json;
  candidates: string[];
  priority: number;
  formSchema: Json | null;
  outcomes: { port: PortId; label: string; tone: 'primary' | 'neutral' | 'danger' }[];
  dueAt: number | null;
  deadlineAt: number | null;
  /** Absent: one decision by anybody; also of tasks opened before there were rules, whose output has no votes. */
  rule?: HumanTaskRule;
  /** Absent: nothing happens but the deadline. */
  schedule?: HumanTaskSchedule;
  /** Where to tell of it besides people's own ways. */
  webhook?: string;
}

/** What a task's decision takes. [H8] */
export interface HumanTaskRule {
  /** Votes for `outcome`. */
  needed: number;
  outcome: PortId;
  /** A vote for another outcome decides at once, or that outcome needs as many. */
  others: 'decide' | 'count';
  /** Each must have a voter for `outcome`. */
  requiredGroups: string[];
  /** Ids and e-mail addresses, in lower case, of those who may not have a part in it. */
  notBy: string[];
}

/** What happens to a task nobody decides. Epoch ms. [H12, H13] */
export interface HumanTaskSchedule {
  reminders: number[];
  escalation: HumanTaskEscalation | null;
}

export interface HumanTaskEscalation {
  at: number;
  /** Candidates added. */
  to: string[];
  /** Null = as before. */
  priority: number | null;
}

/** Who has a task: one person, or one for each seat that is taken. */
export interface HumanTaskHolder {
  by: string;
  at: number;
  how: 'claimed' | 'assigned' | 'delegated';
  /** Who assigned or delegated it. */
  from: string | null;
}

export interface HumanTaskVote {
  by: string;
  outcome: PortId;
  comment: string | null;
  at: number;
  /** Of the required groups, those the voter was in. */
  groups: string[];
}
