import type { CompiledExpression, Json, PayloadRef } from '@perdure/graph';

/** The variables an expression sees. `steps` holds only what the expression reads. Values may be PayloadRefs, resolved by the evaluator. */
export interface ExpressionScope {
  input: Json;
  vars: Record<string, Json>;
  steps: Record<string, { output: Json }>;
  item?: Json;
  index?: number;
  error?: Json;
  instance: { id: string; executionId: string; workflow: string; version: number; startedAt: string };
}

/** What an entity's operation is evaluated over. `before`: the state before this operation, once there is a new one. */
export interface EntityScope {
  state: Json;
  input: Json;
  entity: { name: string; key: string };
  before?: Json;
}

/** Binds `$now()`, `$millis()`, `$random()`, `$uuid()` to the command, so that a repeated turn computes the same. */
export interface TurnClock {
  at: number;
  seed: string;
}

export type Evaluation = { ok: true; value: Json | undefined } | { ok: false; code: string; message: string };

/**
 * The one thing `decide` may await. A cheap expression over values at hand answers synchronously, which keeps common turns free of promises.
 * `undefined` = the expression matched nothing.
 */
export interface Evaluator {
  evaluate(expression: CompiledExpression, scope: ExpressionScope | EntityScope, clock: TurnClock): Evaluation | Promise<Evaluation>;
  /** The value behind a reference; other values come back as they are. */
  load(value: Json | PayloadRef): Json | Promise<Json>;
  /** Keeps a value over 64 KB aside and gives its reference; smaller ones come back as they are. */
  keep(value: Json): Json | Promise<Json>;
}
