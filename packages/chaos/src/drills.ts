import type { Drill } from './drill.ts';
import { workerKill } from './drills/worker-kill.ts';

/** All drills there are, in the order `pnpm chaos all` runs them. */
export const drills: readonly Drill[] = [workerKill];
