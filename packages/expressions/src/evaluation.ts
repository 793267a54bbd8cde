import type { Json } from '@perdure/graph';

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

/** The names at the root of every expression. */
export const scopeRoots = ['input', 'vars', 'steps', 'item', 'index', 'error', 'instance'] as const;

/** Binds `$now()`, `$millis()`, `$random()`, `$uuid()` to the command, so that a repeated turn computes the same. `at`: epoch milliseconds. */
export interface TurnClock {
  at: number;
  seed: string;
}
