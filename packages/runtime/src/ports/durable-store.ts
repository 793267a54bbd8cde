import type {
  ExecutionId,
  FinalStatus,
  HistoryEvent,
  HumanTaskBody,
  HumanTaskChange,
  InstanceId,
  InstanceStatus,
  ParentLink,
  StepKey,
  TestRun,
  TimerId,
} from '@perdure/engine';
import type { EntityTypeDocument, Json, WorkflowDocument } from '@perdure/graph';
import type { InstanceCommand, StoredEvent } from './decider.ts';

/**
 * The truth, as the runtime sees it. One adapter: Postgres.
 *
 * Invariants every adapter keeps, and the contract suite checks:
 * S1 a batch's items are stored whole or not at all, each item for itself;
 * S2 an item whose partition's epoch is not the stored one is dropped, the others of the batch are not;
 * S3 an item is stored only if the instance's stored seq is its base seq;
 * S4 when `commit` has answered, a crash of any process loses nothing it answered for;
 * S5 an item is stored only if every message it consumes is still there: a message takes effect once, however often it was delivered.
 */
export interface DurableStore {
  /** The database clock, epoch ms. */
  now(): Promise<number>;
  commit(items: readonly CommitItem[]): Promise<CommitVerdict[]>;
  /**
   * After a commit whose answer was lost: those of the items that are stored, told by their last event. How far an instance is says nothing:
   * another owner may have taken it further meanwhile. Items without events are never among them; storing those again is harmless.
   */
  stored(items: readonly CommitItem[]): Promise<Set<CommitItem>>;

  load(ids: readonly InstanceId[]): Promise<Map<InstanceId, StoredInstance>>;
  /** Checkpoint (unless given) and the events behind it, ascending. `after` = seq to read from. */
  loadHistory(wanted: readonly { id: InstanceId; checkpointSeq: number; after: number }[]): Promise<Map<InstanceId, StoredHistory>>;
  historyAfter(id: InstanceId, afterSeq: number, limit: number): Promise<HistoryEvent[]>;
  seqs(ids: readonly InstanceId[]): Promise<Map<InstanceId, number>>;

  /** Timers of the partitions that are due by the database clock, oldest first, after `cursor`. */
  dueTimers(partitions: readonly number[], cursor: TimerCursor | null, limit: number): Promise<DueTimer[]>;
  /** Moments at which timers are due within `horizonMs`, each once, ascending: for planning when to ask. */
  nearTimers(partitions: readonly number[], horizonMs: number, limit: number): Promise<number[]>;

  /** Of an instance that is gone or has finished. */
  deleteTimers(id: InstanceId, timers: readonly TimerId[]): Promise<void>;

  /** Messages waiting for instances of the partitions, oldest first, without those named in `except`. */
  messages(partitions: readonly number[], except: readonly string[], limit: number): Promise<StoredMessage[]>;
  deleteMessages(messageIds: readonly string[]): Promise<void>;
  /** Of these, the ones whose receiver is not there (gone, finished, never made) and is not about to be started by an earlier message. */
  deleteUndeliverable(messageIds: readonly string[]): Promise<void>;
  /** Refusals that nobody came to read within an hour. */
  deleteOldRefusals(): Promise<void>;
  /** Leaves the refusal for a sender that asks with `messageFates`. */
  refuseMessages(messageIds: readonly string[], refusal: Json): Promise<void>;
  /** For senders that own no partition: stores instance rows (Pending) with their start messages, and other messages; all in one commit. */
  accept(starts: readonly AcceptedStart[], messages: readonly OutgoingMessage[]): Promise<{ taken: Set<InstanceId> }>;
  /** Of each message: `pending`, not taken up yet; `taken`; or the refusal (which is deleted by reading). */
  messageFates(messageIds: readonly string[]): Promise<Map<string, MessageFate>>;
  /** Takes a pending message back; false when it was taken up meanwhile. */
  withdrawMessage(messageId: string): Promise<boolean>;

  /**
   * Counts a claim for each attempt before it is begun again, unless it has `most` already, or its finder is not the partition's owner any
   * more. The answers are in the order of the attempts.
   */
  countClaims(attempts: readonly UnfinishedAttempt[], most: number): Promise<ClaimCount[]>;
  /** The cell died in which its finder had begun this attempt: beginning it again counts, whoever does. Nothing when its finder is not the owner any more. */
  markDied(attempt: UnfinishedAttempt): Promise<void>;
  /** Of instances that have ended. */
  sweepClaims(): Promise<void>;

  purge(id: InstanceId): Promise<'purged' | 'not-found' | 'not-finished'>;
  /** Of these, the finished ones that are still as they were seen and have no child that runs. Gives those that are gone by it. */
  purgeUnchanged(heads: readonly InstanceHead[]): Promise<InstanceId[]>;

  latestVersion(workflow: string): Promise<number | null>;
  versionDocument(workflow: string, version: number): Promise<WorkflowDocument | null>;
  /** The latest version; null when there is no such type or it is archived. */
  entityType(name: string): Promise<{ version: number; document: EntityTypeDocument } | null>;
  /** The JSON text that was kept, as UTF-8. */
  loadPayload(hash: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Makes it stored, and as good as just stored when it was already: whoever is told so has time to refer to it. */
  keepPayload(hash: string, json: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Of the next `limit` payloads by hash, deletes those that no history and no waiting message refers to and that nobody kept for `unkeptForMs`.
   * Gives the hash to go on behind; null when there are no more.
   */
  sweepPayloads(after: string | null, limit: number, unkeptForMs: number): Promise<string | null>;

  leases: LeaseStore;
  incarnation(): Promise<string>;
  close(): Promise<void>;
}

export interface LeaseStore {
  /** Rejects with `Superseded` when this process may work here no longer: a newer version does, or a backup was restored. */
  check(): Promise<void>;
  /** `check`; and all partitions as stored. */
  survey(workerId: string, host: string, pid: number): Promise<LeaseSurvey>;
  /** Extends the leases of what this worker owns; gives the partitions that are still its own. */
  renew(workerId: string, leaseMs: number): Promise<OwnedPartition[]>;
  /** Takes the named partitions if they are free or run out (or `force`), raising their epochs. */
  claim(workerId: string, partitions: readonly number[], leaseMs: number, force: boolean): Promise<ClaimedPartition[]>;
  release(workerId: string, partitions: readonly number[]): Promise<void>;
  /** Live instances of the partition with unfinished activities, after `cursor`, by id. */
  unfinishedWork(partition: number, cursor: InstanceId | null, limit: number): Promise<InstanceId[]>;
  deleteWorker(workerId: string): Promise<void>;
  /** Forgets all workers but this one: only when it is certain that they are gone. */
  deleteOtherWorkers(workerId: string): Promise<void>;
  /**
   * Opens a session that lives as long as this process does, for others to see; null when none can be had here. `onEnded`: called when it has
   * ended without being closed, at the latest with the first look that rejects for it.
   */
  openPresence(leaseMs: number, onEnded: () => void): Promise<Presence | null>;
  /** Takes back what the worker announced. */
  withdraw(workerId: string): Promise<void>;
  /** Lets the leases of workers run out whose announced sessions these are, unless they are there after all, and forgets the workers. */
  lapse(presences: readonly string[]): Promise<void>;
}

/** A session of this process. */
export interface Presence {
  /** What is announced. */
  readonly id: string;
  /**
   * Tells others that the worker is present by this session. By itself, so that this happens while it is there or not at all. False when the
   * worker has no heartbeat yet, and nothing was told.
   */
  announce(workerId: string): Promise<boolean>;
  /** Through this very session. */
  look(workerId: string): Promise<PresenceLook>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface PresenceLook {
  /** Announced by the other workers that own partitions. */
  peers: { presence: string; isHeld: boolean }[];
  /** Since the server was started; 0 when there are no peers. */
  serverUpMs: number;
}

export interface LeaseSurvey {
  now: number;
  /** Workers with a heartbeat within the last 5 s, this one included. */
  liveWorkers: string[];
  /** `leaseLeftMs`: by the database clock; below zero once the lease has run out. */
  partitions: { id: number; epoch: number; owner: string | null; leaseLeftMs: number }[];
}

export interface OwnedPartition {
  id: number;
  epoch: number;
}

export interface ClaimedPartition extends OwnedPartition {
  /** Its last owner vanished instead of releasing it: what is unfinished may be what made it vanish. */
  abandoned: boolean;
}

/** How a worker came by a partition, as far as claims are concerned (Finder). */
export interface Ownership {
  epoch: number;
  knownFrom: number;
  vanished: boolean;
}

/** An instance as it was seen. */
export interface InstanceHead {
  instanceId: InstanceId;
  executionId: ExecutionId;
  seq: number;
}

/** An attempt of an activity that was begun before, and had no outcome. */
export interface UnfinishedAttempt {
  instanceId: InstanceId;
  executionId: string;
  step: StepKey;
  attempt: number;
  /** Times it was let out of quarantine. */
  releases: number;
  finder: Finder;
}

/** Who is about to begin an attempt again. The same finder counts once. */
export type Finder =
  /**
   * Under this epoch. What was counted under `knownFrom` or later was counted by this worker, or by one that gave the partition up in good order,
   * and counts no more. `vanished`: the owner before vanished, and what it had begun may not have been counted: what was never counted is now.
   */
  | ({ type: 'owner'; partition: number } & Ownership)
  /** A named queue handed it out once more. */
  | { type: 'delivery'; id: string };

/** `claims`: how often it has been begun, with this time; `counted`: whether this time is among them. */
export type ClaimCount = { claims: number; counted: boolean } | 'lost-partition';

/** What one turn (or several, folded together) of one instance writes. At most one item per instance in a batch. */
export interface CommitItem {
  instanceId: InstanceId;
  partition: number;
  epoch: number;
  executionId: string;
  baseSeq: number;
  /** `baseSeq + events.length`. */
  seq: number;
  events: readonly StoredEvent[];
  row: InstanceRowUpdate;
  /** Present when this item makes the instance's row. */
  create: InstanceCreation | null;
  /** JSON text of the encoded state after `seq`. */
  checkpoint: string | null;
  timersSet: readonly { timer: TimerId; fireAt: number }[];
  timersCleared: readonly TimerId[];
  messagesOut: readonly OutgoingMessage[];
  messagesConsumed: readonly string[];
  messagesRefused: readonly { messageId: string; refusal: Json }[];
  /** One that was closed before is opened again. */
  tasksOpened: readonly OpenedTask[];
  tasksChanged: readonly ({ id: string } & TaskChange)[];
  tasksClosed: readonly ClosedTask[];
}

/** `conflict`: the instance is not at the item's base seq, or the id is taken. `message-gone`: S5. */
export type CommitVerdict = 'stored' | 'lost-partition' | 'conflict' | 'message-gone';

export interface InstanceRowUpdate {
  status: InstanceStatus;
  customStatus: Json;
  whereabouts: Json;
  runningActivities: number;
  /** Of the last event. */
  at: number;
  final: boolean;
  /** The versions it went to, each with the seq of the event that says so; null = none. */
  migrations: readonly { version: number; afterSeq: number }[] | null;
}

export interface InstanceCreation {
  workflow: string;
  version: number;
  tags: readonly string[];
  startedBy: string;
  parent: ParentLink | null;
  /** A finished instance with this id and one of these statuses gives way. */
  replace: readonly FinalStatus[];
}

export interface OutgoingMessage {
  partition: number;
  instanceId: InstanceId;
  messageId: string;
  body: MessageBody;
}

/** What travels between instances and processes: a command without its clock. A child's start leaves the version to the receiver. */
export type MessageBody =
  | InstanceCommand
  | {
      type: 'StartChild';
      workflow: string;
      version: number | null;
      input: Json;
      parent: ParentLink | null;
      tags: string[];
      traceParent?: string;
      test?: TestRun;
      requester?: string;
      coRequesters?: string[];
    };

export interface StoredMessage {
  partition: number;
  instanceId: InstanceId;
  messageId: string;
  body: MessageBody;
}

export type MessageFate = 'pending' | 'taken' | { refusal: Json };

export interface AcceptedStart {
  message: OutgoingMessage;
  executionId: string;
  creation: InstanceCreation;
}

export interface OpenedTask {
  id: string;
  step: string;
  node: string;
  executionId: string;
  workflow: string;
  version: number;
  task: HumanTaskBody;
  at: number;
  /** What the same commit did to it: one statement changes a row once. */
  change: TaskChange | null;
  closed: ClosedTask | null;
}

/** What may change about an open task, as it is now; `version`: its instance's. */
export type TaskChange = HumanTaskChange & { version: number };

export interface ClosedTask {
  id: string;
  status: 'decided' | 'expired' | 'cancelled';
  outcome: string | null;
  by: string | null;
  data: Json;
  comment: string | null;
  at: number;
  /** What the same commit did to it before. */
  change: TaskChange | null;
}

export interface StoredInstance {
  id: InstanceId;
  partition: number;
  executionId: string;
  workflow: string;
  version: number;
  status: InstanceStatus;
  seq: number;
  checkpointSeq: number;
  /** Of a sub-workflow: who started it. */
  parent: { instanceId: InstanceId; step: StepKey } | null;
}

export interface StoredHistory {
  /** Encoded state, or null when none was kept yet (or not asked for). */
  checkpoint: Json | null;
  events: StoredEvent[];
}

export interface TimerCursor {
  fireAt: number;
  instanceId: InstanceId;
  timer: TimerId;
}

export interface DueTimer extends TimerCursor {
  partition: number;
}
