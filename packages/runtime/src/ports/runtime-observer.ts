import type { ExecutionId, InstanceId, InstanceStatus } from '@perdure/engine';
import type { ActivityJob, ActivityResult } from '../activity-runner.ts';
import type { CommitItem } from './durable-store.ts';

/**
 * Who watches a runtime at work: traces and figures. What is absent costs nothing. Its functions need no `this`, must not throw, and nothing waits for it.
 *
 * Contexts are W3C `traceparent` texts. An instance's own is in its history, so that a turn after a restart still belongs to the trace of its
 * start; the ones handed out here live in this process only.
 */
export interface RuntimeObserver {
  /** A turn has decided and goes to its commit. Null = it is of no interest. */
  turn?(turn: ObservedTurn): { readonly traceParent: string; end(stored: boolean): void } | null;
  /** An attempt begins; what is given as `traceParent` goes along to whomever it calls. Null = it is of no interest. */
  activity?(job: ActivityJob): { readonly traceParent: string | undefined; end(result: ActivityResult): void } | null;
  /** The commit is stored with which an instance came into being or ended. */
  instance?(fact: InstanceFact): void;
  /** A cell was started, or died with attempts in it (cells/cell.ts); one that was not needed any more is not told of. */
  cell?(fact: CellFact): void;
  /** A commit was answered. `seconds`: from sending it. */
  committed?(items: number, seconds: number): void;
  /** These are stored. */
  stored?(items: readonly CommitItem[]): void;
}

export type CellFact =
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'died'; readonly pid: number; readonly reason: string; readonly attempts: readonly ActivityJob[] };

export interface InstanceFact {
  readonly instanceId: InstanceId;
  readonly workflow: string;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly traceParent: string | undefined;
}

export interface ObservedTurn {
  readonly instanceId: InstanceId;
  readonly executionId: ExecutionId;
  readonly workflow: string;
  readonly version: number;
  /** Of the instance. */
  readonly traceParent: string;
  /** Of the requests that brought its commands. */
  readonly causes: readonly string[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly commands: readonly string[];
}
