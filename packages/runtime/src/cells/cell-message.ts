/** What passes between a worker and a cell (cell.ts), as JSON. */
import type { Json } from '@perdure/graph';
import type { BoundedOutcome } from '../activity-outcome.ts';
import type { Activity, ActivityJob } from '../activity-runner.ts';

/** What the module exports that a cell gets its activities from. */
export interface ActivityModule {
  createActivities(settings: Json): readonly Activity[] | Promise<readonly Activity[]>;
}

export type ToCell =
  /** First, and once. */
  | { type: 'make'; module: string; settings: Json }
  /** Payload references in the job's input have been loaded. */
  | { type: 'run'; id: number; job: ActivityJob }
  | { type: 'abort'; id: number }
  /** Answered at once by a cell whose main thread is free. */
  | { type: 'ping' };

export type FromCell = { type: 'ready' } | { type: 'pong' } | { type: 'ended'; id: number; outcome: BoundedOutcome };
