import type { Json, NodeId } from '@perdure/graph';
import type { CommandBody } from './command.ts';
import type { EntityCommandBody } from './entity/entity-command.ts';
import type { InstanceId, StepKey, TimerId } from './ids.ts';
import type { Failure } from './failure.ts';
import type { HumanTaskBody, HumanTaskHolder, HumanTaskVote, ParentLink } from './history-event.ts';
import type { TestRun } from './test-run.ts';

/**
 * What the runtime must do besides appending a turn's events. All but the activity effects are rows of the same commit;
 * activities start after it. Everything here can be derived again from the state, so a takeover needs no memory of it.
 */
export type Effect =
  | { type: 'RunActivity'; step: StepKey }
  | { type: 'AbortActivity'; step: StepKey }
  | { type: 'SetTimer'; timer: TimerId; fireAt: number }
  | { type: 'ClearTimer'; timer: TimerId }
  | {
      type: 'StartChild';
      child: InstanceId;
      workflow: string;
      version: number | null;
      input: Json;
      parent: ParentLink | null;
      tags: string[];
      test?: TestRun;
      requester?: string;
      coRequesters?: string[];
    }
  /** To the parent, when this instance ends. */
  | { type: 'NotifyParent'; parent: ParentLink; result: { ok: true; output: Json } | { ok: false; failure: Failure } }
  | { type: 'CancelChild'; child: InstanceId; reason: string }
  | { type: 'TerminateChild'; child: InstanceId; reason: string; by: string }
  /** A message to an entity, which need not exist yet. Ids are the engine's: a repetition meets the same row. */
  | { type: 'SendToEntity'; entity: InstanceId; messageId: string; command: EntityCommandBody }
  /** From an entity: an answer or a grant. */
  | { type: 'SendToInstance'; instanceId: InstanceId; messageId: string; command: CommandBody }
  | { type: 'OpenHumanTask'; step: StepKey; node: string; task: HumanTaskBody }
  | { type: 'ChangeHumanTask'; step: StepKey; change: HumanTaskChange }
  | {
      type: 'CloseHumanTask';
      step: StepKey;
      status: 'decided' | 'expired' | 'cancelled';
      outcome: string | null;
      by: string | null;
      data: Json;
      comment: string | null;
      at: number;
    };

/** What may change about an open task, as it is now. */
export interface HumanTaskChange {
  /** Another after a migration. */
  node: NodeId;
  holders: readonly HumanTaskHolder[];
  votes: readonly HumanTaskVote[];
  freeSeats: number;
  candidates: readonly string[];
  priority: number;
  /** Epoch ms; null: not escalated. */
  escalatedAt: number | null;
}
