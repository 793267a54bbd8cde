import { workflowOfInstance } from '@perdure/database/read';
import { holdsIn, type Identity } from '../auth/identity.ts';
import { demandWorkflow, reachOf } from '../auth/reach.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText } from '../storable-text.ts';

/** Lets through whoever may start this workflow. An id of their own choice must not replace an instance that is beyond their reach. */
export async function demandStart(
  installation: Installation,
  identity: Identity,
  start: { workflowKey: string; instanceId?: string | undefined },
): Promise<void> {
  const { workflowKey, instanceId } = start;
  await demandWorkflow(installation, identity, 'instance.start', workflowKey);
  if (instanceId === undefined || !isStorableText(instanceId) || holdsIn(identity, 'instance.start', '')) return;
  const takenBy = await workflowOfInstance(installation.database.prisma, instanceId);
  const reach = await reachOf(installation, identity, 'instance.start');
  if (takenBy === undefined || reach === null || reach.includes(takenBy)) return;
  throw new RequestError('instance.exists', `The instance id "${instanceId}" is taken. Choose another one.`);
}
