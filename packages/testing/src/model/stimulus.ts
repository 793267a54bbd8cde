/** What comes to a model instance from outside. */
import type { TestRun, TimerPurpose } from '@perdure/engine';
import type { Json, JsonObject } from '@perdure/graph';
import type { ModelFailure, ModelVote } from './model-place.ts';
import type { RandomWorkflow } from './random-workflow.ts';

export type Stimulus =
  | { type: 'start'; input: Json; test?: TestRun | undefined }
  /** An activity or a sub-workflow has given its result. */
  | { type: 'complete'; step: string; output: Json }
  | { type: 'fail'; step: string; failure: ModelFailure; isRetryable: boolean; at: number }
  | { type: 'timer'; step: string; purpose: TimerPurpose; at: number }
  | { type: 'event'; name: string; data: Json }
  | { type: 'vote'; step: string; vote: ModelVote }
  /** A person's output takes the place of an open step's. */
  | { type: 'skip'; skip: Skip }
  /** A person did not wait for its retry timer. */
  | { type: 'retryNow'; step: string }
  /** Another instance takes the place of a sub-workflow's that cannot go on. */
  | { type: 'replaced'; step: string }
  | { type: 'edit'; values: JsonObject }
  | { type: 'migrate'; migration: Migration }
  /** `then`: of the same command. */
  | { type: 'rewind'; then: Skip | Migration | null }
  | { type: 'suspend' }
  | { type: 'resume'; at: number }
  | { type: 'terminate'; reason: string }
  | { type: 'cancel' };

export interface Skip {
  step: string;
  /** It had failed without opening: its token comes again, and leaves as another visit. */
  isPassing: boolean;
  port: string;
  output: Json;
}

/** `nodes`, `edges`: old ids to new. */
export interface Migration {
  to: RandomWorkflow;
  nodes: ReadonlyMap<string, string>;
  edges: ReadonlyMap<string, string>;
}
