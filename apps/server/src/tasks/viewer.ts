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
  if (identity.kind === 'key') return { userId: actorOf(identity), keys, overseen, names: [] };
  const roles = identity.grants.flatMap(({ role }) => role ?? []);
  const names = [identity.id, identity.email, ...identity.groups, ...roles].map((name) => name.toLowerCase());
  return { userId: identity.id, keys, overseen, names: [...new Set(names)] };
}
