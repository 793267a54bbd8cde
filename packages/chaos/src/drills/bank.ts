import type { Drill } from '../drill.ts';
import { bank as transfers } from '../loads/bank.ts';
import { killWorkers, workerKill } from './worker-kill.ts';

/** I6: two workers, one of which is killed every 0.5 to 5 s and replaced, while money moves between four accounts that all transfers fight for. */
export const bank: Drill = {
  name: 'bank',
  title: 'SIGKILL of a worker every 0.5 to 5 s under transfers between four accounts',
  unit: 'kills',
  sizes: workerKill.sizes,
  limitMs: workerKill.limitMs ?? 600_000,
  run: (context) => killWorkers(context, [transfers]),
};
