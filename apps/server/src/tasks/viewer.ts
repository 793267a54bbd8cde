import type { TaskViewer } from '@perdure/database/read';
import { actorOf, type Identity } from '../auth/identity.ts';

/** A task's candidates name people by id or e-mail address, or groups; the groups there are so far are the roles. */
export function viewerOf(identity: Identity): TaskViewer {
  if (identity.kind === 'key') return { userId: actorOf(identity), admin: true, names: [] };
  return {
    userId: identity.id,
    admin: identity.role === 'admin',
    names: [identity.id, identity.email, identity.role].map((name) => name.toLowerCase()),
  };
}
