import type { InstanceId } from '@perdure/engine';
import type { Decider, InstanceCommand } from './ports/decider.ts';
import type { InstanceCreation } from './ports/durable-store.ts';
import type { SendResult } from './runtime.ts';

/** An instance in this worker's memory (L1). Only the worker that owns its partition under `epoch` has it. */
export interface Resident {
  id: InstanceId;
  partition: number;
  epoch: number;
  /** Its state, which runs ahead of what is stored during a turn. */
  decider: Decider;
  /** Seq of the last committed event. */
  storedSeq: number;
  /** Seq of the last checkpoint. */
  checkpointSeq: number;
  /** Whether the instance's row is stored. */
  hasRow: boolean;
  /** Set until the commit that makes the instance's row. */
  creation: InstanceCreation | null;
  inbox: QueuedCommand[];
  /** Trace context of its last turn here that was traced: what that turn scheduled belongs under it. */
  traceParent: string | undefined;
  /** A turn or its commit is underway: turns of one instance never overlap. */
  busy: boolean;
}

/** A command on its way to an instance, and who wants to know. */
export interface QueuedCommand {
  body: InstanceCommand;
  /** The stored message it came by, deleted in the commit that takes it up. */
  messageId: string | null;
  settle(result: SendResult): void;
  /** With StartExecution: what the row is to hold. */
  creation?: InstanceCreation;
}
