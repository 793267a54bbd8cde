/**
 * What of the workflows and instances somebody's permission covers. `procedure('instance.read')` lets through whoever has the permission
 * for some folder; these tell for which workflows.
 *
 * R1 What lies outside of what somebody may read is answered exactly like what does not exist.
 * R2 Somebody who may read it but not do this to it is told so (`auth.forbidden`).
 */
import { workflowOfInstance } from '@perdure/database/read';
import type { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { unknownInstance } from '../instances/unknown-instance.ts';
import { isStorableText } from '../storable-text.ts';
import type { Permission } from '../trpc/contract/people.ts';
import { unknownWorkflow } from '../workflows/unknown-workflow.ts';
import { covers } from './folder.ts';
import { foldersOf, forbidden, holdsIn, type Identity } from './identity.ts';

/** The keys of the workflows it covers, archived ones included; null: all, also those there are no longer. */
export async function reachOf(
  { folders }: Pick<Installation, 'folders'>,
  identity: Identity,
  permission: Permission,
): Promise<readonly string[] | null> {
  const held = foldersOf(identity, permission);
  if (held.includes('')) return null;
  if (held.length === 0) return [];
  const byKey = await folders.load();
  return [...byKey].filter(([, folder]) => held.some((one) => covers(one, folder))).map(([key]) => key);
}

/** What was asked for, as far as the reach goes: for the filter of a list. */
export function withinReach(reach: readonly string[] | null, asked: readonly string[] | undefined): readonly string[] | undefined {
  if (reach === null) return asked;
  if (asked === undefined) return reach;
  const covered = new Set(reach);
  return asked.filter((key) => covered.has(key));
}

export async function demandWorkflow(
  installation: Pick<Installation, 'folders'>,
  identity: Identity,
  permission: Permission,
  workflowKey: string,
): Promise<void> {
  await demandIn(installation, identity, permission, {
    of: workflowKey,
    read: 'workflow.read',
    unknown: () => unknownWorkflow(workflowKey),
  });
}

export async function demandInstance(
  installation: Pick<Installation, 'folders' | 'database'>,
  identity: Identity,
  permission: Permission,
  instanceId: string,
): Promise<void> {
  if (holdsIn(identity, permission, '')) return;
  const of = isStorableText(instanceId) ? await workflowOfInstance(installation.database.prisma, instanceId) : undefined;
  if (of === undefined) throw unknownInstance(instanceId);
  await demandIn(installation, identity, permission, { of, read: 'instance.read', unknown: () => unknownInstance(instanceId) });
}

async function demandIn(
  { folders }: Pick<Installation, 'folders'>,
  identity: Identity,
  permission: Permission,
  about: { of: string; read: Permission; unknown: () => RequestError },
): Promise<void> {
  if (holdsIn(identity, permission, '')) return;
  const folder = (await folders.load()).get(about.of);
  if (folder === undefined) throw about.unknown();
  if (holdsIn(identity, permission, folder)) return;
  throw holdsIn(identity, about.read, folder)
    ? forbidden(identity, permission, folder === '' ? ' for this workflow' : ` in the folder "${folder}"`)
    : about.unknown();
}
