import { type BulkStatus, moveBulkJob, retryFailedItems } from '@perdure/database/bulk';
import { appendAudit } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { demandJob } from './bulk-job.ts';

type Control = 'pause' | 'resume' | 'stop' | 'retry-failed';

const moves: Readonly<Record<Exclude<Control, 'retry-failed'>, { from: readonly BulkStatus[]; to: BulkStatus }>> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  stop: { from: ['running', 'paused'], to: 'stopped' },
};

/** What is underway when a job is paused or stopped is still done. */
export async function controlBulkJob(installation: Installation, identity: Identity, id: string, control: Control): Promise<void> {
  const { status, reason } = await demandJob(installation, identity, 'instance.operate', id);
  await installation.database.prisma.$transaction(async (tx) => {
    const moved =
      control === 'retry-failed' ? status === 'finished' && (await retryFailedItems(tx, id)) : await moveBulkJob(tx, id, moves[control]);
    if (!moved) throw new RequestError('bulk.not-running', refusals[control]);
    await appendAudit(tx, { actor: actorOf(identity), action: `bulk.${control}`, target: `bulk:${id}`, reason });
  });
  installation.bulk.nudge();
}

const refusals: Readonly<Record<Control, string>> = {
  pause: 'The job is not running.',
  resume: 'The job is not paused.',
  stop: 'The job has ended already.',
  'retry-failed': 'The job has no failed instances to try again, or has not finished.',
};
