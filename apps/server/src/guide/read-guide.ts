/** What somebody has done of the guide, and whether it opens by itself. Only the embedded default has samples, and so a guide. */
import { findWorkflow, hasRealWork } from '@perdure/database/read';
import { settleGuide } from '@perdure/database/write';
import { demandUser } from '../auth/demand-user.ts';
import { holdsIn, type Identity } from '../auth/identity.ts';
import { hasWaitingSignInLink } from '../auth/sign-in-link.ts';
import type { Installation } from '../installation.ts';
import type { Guide, GuideStep } from '../trpc/contract/guide.ts';
import { guideWorkflow } from './guide-workflow.ts';

export async function readGuide({ config, database }: Installation, identity: Identity): Promise<Guide> {
  const { id: userId } = demandUser(identity);
  const { prisma } = database;
  const isAdmin = holdsIn(identity, 'admin', '');
  const [found, progress, isInUse, linkWaits] = await Promise.all([
    config.embedded ? findWorkflow(prisma, guideWorkflow) : null,
    settleGuide(prisma, { userId, workflowKey: guideWorkflow }),
    hasRealWork(prisma),
    isAdmin ? hasWaitingSignInLink(database, userId) : false,
  ]);
  const workflow =
    found?.sample && found.latestVersion !== null && holdsIn(identity, 'workflow.read', found.folder)
      ? { key: found.key, title: found.title, version: found.latestVersion, folder: found.folder }
      : null;
  const skipped = progress.marks.some(({ mark }) => mark === 'skipped');
  const done: Guide['done'] = {};
  for (const { mark, instanceId, at } of progress.marks) if (isStep(mark)) done[mark] = { at: at.toISOString(), instanceId };
  return {
    workflow,
    opens:
      workflow !== null &&
      holdsIn(identity, 'instance.start', workflow.folder) &&
      !isInUse &&
      !skipped &&
      !firstSteps.every((step) => done[step] !== undefined),
    skipped,
    done,
    run: progress.runs[0]?.id ?? null,
    failedRun: progress.runs.find(({ hasFailed }) => hasFailed)?.id ?? null,
    signInLink: isAdmin ? (linkWaits ? 'waiting' : 'used') : null,
  };
}

/** With these it is over; the others are for whoever wants to see more. */
const firstSteps: readonly GuideStep[] = ['ran', 'watched', 'approved', 'resumed'];

const steps: ReadonlySet<string> = new Set([...firstSteps, 'failed', 'found', 'mended'] satisfies GuideStep[]);

function isStep(mark: string): mark is GuideStep {
  return steps.has(mark);
}
