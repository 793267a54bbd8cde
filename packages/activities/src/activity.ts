import type { Failure } from '@perdure/engine';
import type { Json } from '@perdure/graph';

export interface ActivityContext {
  /** The idempotency key: the same for every attempt of one visit of a node. */
  key: string;
  /** From 1. */
  attempt: number;
  /** Aborts when the instance no longer wants the outcome, or the worker stops. */
  signal: AbortSignal;
  instanceId: string;
  node: string;
  timeoutMs: number | null;
  /** W3C trace context for whomever it calls. */
  traceParent?: string;
}

/** `retryable: false` = another attempt cannot end differently, whatever the retry policy says. */
export type ActivityResult = { ok: true; output: Json } | { ok: false; failure: Failure; retryable?: boolean };

/** Work with effects, done outside the turn. Expected failures are results; only bugs throw. */
export interface Activity {
  name: string;
  run(input: Json, context: ActivityContext): Promise<ActivityResult>;
}
