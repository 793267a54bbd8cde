import type { Json, PortId } from '@perdure/graph';
import type { ExecutionId, InstanceId, StepKey, TimerId } from './ids.ts';
import type { LockRequest } from './entity/entity-request.ts';
import type { Failure } from './failure.ts';
import type { EventBody, ParentLink } from './history-event.ts';
import type { TestRun } from './test-run.ts';

/**
 * What can be asked of an instance. Time, ids and results arrive in the command; `decide` invents nothing.
 * `at`: database clock, epoch ms. `seed`: random text from which now-, random- and uuid-like functions of this command's turn are derived.
 */
export type Command = { at: number; seed: string } & CommandBody;

export type CommandBody =
  | {
      type: 'StartExecution';
      executionId: ExecutionId;
      workflow: string;
      version: number;
      input: Json;
      tags: string[];
      startedBy: string;
      parent: ParentLink | null;
      /** W3C trace context of whoever started it. */
      traceParent?: string;
      /** A test run. */
      test?: TestRun;
      /** Of a sub-workflow: on whose behalf its parent runs. Of what is started again: whom the first one ran for. */
      requester?: string;
      /** See ExecutionStarted. */
      coRequesters?: string[];
    }
  | { type: 'CompleteTask'; step: StepKey; attempt: number; output: Json }
  /** `retryable` false: fails at once, whatever the retry policy says. Default true. */
  | { type: 'FailTask'; step: StepKey; attempt: number; failure: Failure; retryable?: boolean }
  /** From the runtime: the attempt was begun `claims` times, and each time its worker vanished before there was an outcome. */
  | { type: 'QuarantineTask'; step: StepKey; attempt: number; claims: number }
  | { type: 'ReleaseTask'; step: StepKey; reason: string; by: string }
  | { type: 'GiveUpTask'; step: StepKey; reason: string; by: string }
  | { type: 'FireTimer'; timer: TimerId }
  | { type: 'RaiseEvent'; id: string; name: string; data: Json; by: string; traceParent?: string }
  | { type: 'CompleteChild'; step: StepKey; child: InstanceId; output: Json }
  | { type: 'FailChild'; step: StepKey; child: InstanceId; failure: Failure }
  /** `request`: the id of the call. */
  | { type: 'CompleteEntityCall'; step: StepKey; request: string; output: Json }
  | { type: 'FailEntityCall'; step: StepKey; request: string; failure: Failure }
  /** From the last entity of a critical section: all are locked. A refusal gives them back, by its effects. */
  | { type: 'GrantLock'; step: StepKey; lock: LockRequest }
  /** `aliases`: other names of the person, such as the e-mail address, in lower case; for who may not decide. [H10] */
  | { type: 'ClaimHumanTask'; step: StepKey; by: string; aliases?: readonly string[] }
  | { type: 'ReleaseHumanTask'; step: StepKey; by: string }
  /** `aliases`: of `to`. `from`: whose seat; null = a free one, else that of who has had it longest. `delegated`: the seat of `by`. */
  | {
      type: 'AssignHumanTask';
      step: StepKey;
      to: string;
      aliases: readonly string[];
      from: string | null;
      kind: 'assigned' | 'delegated';
      note: string | null;
      by: string;
    }
  /** A decision, or one vote of several. `groups`: those the person is in, in lower case. */
  | {
      type: 'DecideHumanTask';
      step: StepKey;
      outcome: PortId;
      data: Json;
      comment: string | null;
      by: string;
      aliases?: readonly string[];
      groups?: readonly string[];
    }
  /** `asked`: by the parent that waits for this instance. `seq`: of the instance whose failure is meant; of a later one it refuses. */
  | { type: 'Rewind'; reason: string; by: string; asked?: ParentLink; seq?: number }
  | { type: 'RetryStep'; step: StepKey; reason: string; by: string }
  /** `port`: null = the first normal one. */
  | { type: 'SkipStep'; step: StepKey; output: Json; port: PortId | null; reason: string; by: string }
  | { type: 'EditVariables'; values: Record<string, Json>; reason: string; by: string }
  /** `seq`: of the instance when this was checked. The rest as in VersionMigrated. */
  | ({ type: 'Migrate'; seq: number } & Omit<EventBody & { type: 'VersionMigrated' }, 'type'>)
  /** From a child that was asked to be rewound and cannot be. */
  | { type: 'ReplaceChild'; step: StepKey; child: InstanceId }
  | { type: 'Suspend'; reason: string; by: string }
  | { type: 'Resume'; reason: string; by: string }
  | { type: 'Terminate'; reason: string; by: string; recursive: boolean }
  /** From a parent whose join, scope or failure cancelled this sub-workflow. Ends as Canceled. */
  | { type: 'Cancel'; reason: string };

/** Answers `decide` gives besides events. A refusal appends nothing. */
export type Outcome = { ok: true } | { ok: false; code: RefusalCode; message: string };

export type RefusalCode =
  | 'instance.finished'
  | 'instance.exists'
  | 'instance.not-suspended'
  | 'instance.already-suspended'
  | 'instance.not-failed'
  | 'instance.not-rewindable'
  | 'instance.changed'
  | 'migration.problems'
  | 'step.not-quarantined'
  | 'step.not-waiting'
  | 'step.not-open'
  | 'step.unknown-port'
  | 'task.gone'
  | 'task.already-decided'
  | 'task.already-claimed'
  | 'task.not-claimant'
  | 'task.unknown-outcome'
  | 'task.already-voted'
  | 'task.excluded'
  /** The step or timer is not open (a repetition, or cancelled meanwhile): nothing to do. */
  | 'stale';
