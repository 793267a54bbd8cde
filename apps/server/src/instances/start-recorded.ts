import { randomUUID } from 'node:crypto';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { startInstance, type InstanceStart } from './start-instance.ts';

/**
 * Starts in the name of a caller. What a person starts is in the audit log, under an id that is chosen here so that the intent can name it.
 * The installation's automation would fill the log: its starts are in the histories, with its name.
 */
export async function startRecorded(
  installation: Installation,
  identity: Identity,
  start: Omit<InstanceStart, 'startedBy'>,
): Promise<{ id: string; executionId: string }> {
  const asked = { ...start, startedBy: actorOf(identity) };
  if (identity.kind !== 'user') return startInstance(installation, asked);
  const instanceId = start.instanceId ?? randomUUID().replaceAll('-', '');
  const deed = { action: 'instance.start', target: `instance:${instanceId}`, detail: { workflow: start.workflowKey } };
  return withDeed(installation, identity, deed, () => startInstance(installation, { ...asked, instanceId }));
}
