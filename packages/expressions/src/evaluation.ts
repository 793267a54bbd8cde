import type { ExpressionSubject, Json } from '@perdure/graph';

/**
 * What an evaluation is given and what it answers. Structurally the same as the engine's evaluator types, declared here because
 * imports point one way (graph ← expressions ← engine).
 */
export type Evaluation = { ok: true; value: Json | undefined } | { ok: false; code: ExpressionErrorCode; message: string };

/**
 * `Expression`: the expression failed on these values. `ExpressionTimeout`: over 200 ms. `ExpressionTooLarge`: the result or a value on
 * the way to it is over a limit. `ExpressionMemory`: out of memory.
 */
export type ExpressionErrorCode = 'Expression' | 'ExpressionTimeout' | 'ExpressionTooLarge' | 'ExpressionMemory';

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

/** The names at the root of a workflow's expression. */
export const scopeRoots = ['input', 'vars', 'steps', 'item', 'index', 'error', 'instance'] as const;

/** The names at the root of an entity operation's expression. */
export const entityRoots = ['state', 'input', 'entity', 'before'] as const;

export const rootsOf: Readonly<Record<ExpressionSubject, readonly string[]>> = { workflow: scopeRoots, entity: entityRoots };

/** Binds `$now()`, `$millis()`, `$random()`, `$uuid()` to the command, so that a repeated turn computes the same. `at`: epoch milliseconds. */
export interface TurnClock {
  at: number;
  seed: string;
}
