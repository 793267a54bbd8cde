import type { Drill } from './drill.ts';
import { bank } from './drills/bank.ts';
import { approvers } from './drills/approvers.ts';
import { crashPoints } from './drills/crash-points.ts';
import { fuzz } from './drills/fuzz.ts';
import { connections, diskFull, slowPostgres } from './drills/database-limits.ts';
import { handover } from './drills/handover.ts';
import { poison } from './drills/poison.ts';
import { network } from './drills/network.ts';
import { model } from './drills/model.ts';
import { mutants } from './drills/mutants.ts';
import { postgresKill } from './drills/postgres-kill.ts';
import { sessions } from './drills/sessions.ts';
import { secrets } from './drills/secrets.ts';
import { redisFlush, redisFull, redisKill, redisOld } from './drills/redis-faults.ts';
import { backup } from './drills/backup.ts';
import { timers } from './drills/timers.ts';
import { simulation } from './drills/simulation.ts';
import { upgrade } from './drills/upgrade.ts';
import { workerKill } from './drills/worker-kill.ts';
import { zombie } from './drills/zombie.ts';

/** All drills there are, about the longest first: in this order `pnpm chaos all` runs those it has no report of. */
export const drills: readonly Drill[] = [
  crashPoints,
  workerKill,
  bank,
  simulation,
  network,
  zombie,
  upgrade,
  secrets,
  handover,
  postgresKill,
  sessions,
  timers,
  slowPostgres,
  connections,
  diskFull,
  poison,
  backup,
  redisKill,
  redisFlush,
  redisOld,
  redisFull,
  fuzz,
  approvers,
  model,
  mutants,
];
