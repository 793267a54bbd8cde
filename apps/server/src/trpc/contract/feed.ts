/** What tells lists that something changed. */
import type { Subscription } from './procedure-types.ts';

/** feed.watch (subscription): something in a list changed; refetch. Coalesced to at most 4 per second. */
export interface FeedHint {
  instances: boolean;
  tasks: boolean;
  workflows: boolean;
  /** What is counted of instances, or an incident. */
  monitor: boolean;
  /** A job over many instances: at most once a second while it runs. */
  jobs: boolean;
}

export type FeedProcedures = {
  watch: Subscription<void, FeedHint>;
};
