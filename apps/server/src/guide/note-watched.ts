import { markWatched } from '@perdure/database/write';
import type { Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { guideWorkflow } from './guide-workflow.ts';

/** Somebody begins to follow an instance live. For the guide only. */
export async function noteWatched({ config, database }: Installation, identity: Identity, instanceId: string): Promise<void> {
  if (!config.embedded || identity.kind !== 'user') return;
  await markWatched(database.prisma, { userId: identity.id, instanceId, workflowKey: guideWorkflow });
}
