import type { TaskViewer } from '@perdure/database/read';
import { actorOf, type Identity } from '../auth/identity.ts';
import { reachOf } from '../auth/reach.ts';
import type { Installation } from '../installation.ts';

/**
 * A task's candidates name people by id or e-mail address, or groups and roles by name, in any case. Being a candidate is not enough: the
 * task's workflow must be within reach, too.
 */
export async function viewerOf(installation: Pick<Installation, 'folders'>, identity: Identity): Promise<TaskViewer> {
  const [keys, overseen] = await Promise.all([
    reachOf(installation, identity, 'task.read'),
    reachOf(installation, identity, 'task.assign'),
  ]);
  return { userId: actorOf(identity), keys, overseen, names: [...new Set([...aliasesOf(identity), ...groupsOf(identity)])] };
}

/** Other names of the person, in lower case. */
export function aliasesOf(identity: Identity): string[] {
  return identity.kind === 'key' ? [] : [identity.id.toLowerCase(), identity.email.toLowerCase()];
}

/** Groups and roles, in lower case. */
export function groupsOf(identity: Identity): string[] {
  if (identity.kind === 'key') return [];
  return [...identity.groups, ...identity.grants.flatMap(({ role }) => role ?? [])].map((name) => name.toLowerCase());
}
