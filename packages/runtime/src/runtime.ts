import type { CommandBody, HistoryEvent, InstanceId, InstanceState, Outcome, TestRun } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { InstanceHead } from './ports/durable-store.ts';

/** What the server (and tests, and benchmarks) ask of the runtime. Every promise that resolves `ok` has been committed to Postgres. */
export interface Runtime {
  start(request: StartRequest): Promise<StartResult>;
  /** Resolves after the commit that stored the command's effect (or refused it). */
  send(instanceId: InstanceId, command: CommandBody, messageId?: string): Promise<SendResult>;
  /** Resolves once the signal is stored; what the operation makes of it is seen in the entity. */
  signalEntity(signal: EntitySignal): Promise<SignalResult>;
  /** Deletes a finished instance with everything that belongs to it. */
  purge(instanceId: InstanceId): Promise<'purged' | 'not-found' | 'not-finished'>;
  /** Of these, the finished ones that are still as they were seen and have no sub-workflow that runs. Gives those that are gone by it. */
  purgeUnchanged(heads: readonly InstanceHead[]): Promise<InstanceId[]>;
  /** As it is stored; null when there is no such instance of a workflow. */
  stateOf(instanceId: InstanceId): Promise<InstanceState | null>;
  /** Called with the newest seq after each commit that touched the instance, here or in another process. A hint: may repeat, may be lost (a slow poll covers). */
  watchInstance(instanceId: InstanceId, listener: (seq: number) => void): () => void;
  /** Events behind `afterSeq`, ascending, at most `limit`: from the hot store if it reaches back so far, else from Postgres. */
  eventsAfter(instanceId: InstanceId, afterSeq: number, limit: number): Promise<HistoryEvent[]>;
  /** Called, coalesced, when any instance or task changed anywhere. */
  watchFeed(listener: (hint: { instances: boolean; tasks: boolean }) => void): () => void;
  /**
   * What a start of this workflow would run; null when it has no such version, has none published yet, or has been archived.
   * Mostly answered from memory: elsewhere, a new version or an archiving counts within 5 s at the latest. Rejects when the database is away.
   */
  findPublished(workflowKey: string, version: number | null): Promise<PublishedVersion | null>;
  /** Called by the server when a version was published or a workflow archived, so that `latest` is looked up anew. */
  publishedVersion(workflowKey: string): void;
  /** Called by the server when an entity type was saved or archived, so that it is looked up anew. */
  savedEntityType(name: string): void;
  /** To every other process of the installation. May be lost: whoever needs it repeats it. */
  tellOthers(topic: string, data: Json): void;
  /** What others tell. Anything may arrive: the listener judges it. */
  onTold(topic: string, listener: (data: Json) => void): () => void;
  payloads: PayloadStore;
  /** Figures for /metrics and /readyz. */
  health(): RuntimeHealth;
  stop(): Promise<void>;
}

export interface PublishedVersion {
  version: number;
  /** JSON Schema of the instance's input, or null when any will do. */
  inputSchema: Json;
}

export interface StartRequest {
  workflow: string;
  /** Null = the latest published version. */
  version: number | null;
  instanceId?: InstanceId;
  input: Json;
  tags?: string[];
  startedBy: string;
  /** Whom it runs for, when that is not who starts it: of an instance that is started again. */
  requester?: string;
  coRequesters?: string[];
  /** W3C trace context of the request. */
  traceParent?: string;
  /** Makes it a test run; texts and data in it are stored like an input. */
  test?: TestRun;
  /** Which finished statuses of an instance with the same id may be replaced. Empty = none (409). */
  replace?: readonly ('Completed' | 'Failed' | 'Terminated' | 'Canceled')[];
}

export type StartResult =
  | { ok: true; instanceId: InstanceId; executionId: string }
  | {
      ok: false;
      code: 'instance.exists' | 'workflow.unknown' | 'version.unknown' | 'input.invalid' | 'unavailable';
      message: string;
    }
  | TooLarge;

/** A value over the limit, in bytes; `field` names it. */
export interface TooLarge {
  ok: false;
  code: 'payload.too-large';
  message: string;
  field: string;
  limit: number;
}

export type SendResult = Outcome | TooLarge | { ok: false; code: 'instance.unknown' | 'unavailable'; message: string };

export interface EntitySignal {
  /** Of the entity type, in any case. */
  name: string;
  key: string;
  /** In any case. */
  operation: string;
  input: Json;
  /** Not before this moment, epoch ms; null = at once. */
  at?: number | null;
  /** A user's id or `api`. */
  by: string;
}

export type SignalResult =
  | { ok: true }
  | TooLarge
  | { ok: false; code: 'entity.unknown-type' | 'entity.invalid-id' | 'unavailable'; message: string };

export interface PayloadStore {
  load(hash: string): Promise<Json | undefined>;
}

export interface RuntimeHealth {
  workerId: string;
  partitionsOwned: number;
  partitions: number;
  residentInstances: number;
  runningActivities: number;
  /** Of the running ones, those that wait for a place in this process. */
  waitingActivities: number;
  /** Processes in which suspects run: what was in flight when a worker vanished. */
  cells: number;
  commitQueue: number;
  /** Of callers, waiting for the database. */
  requestsUnderway: number;
  /** Why the database could not serve lately, in words; null = it could. */
  outage: string | null;
  hotStore: 'redis' | 'in-process' | 'unavailable';
  counters: Record<string, number>;
}
