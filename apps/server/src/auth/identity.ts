import type { Permission, Role } from '../trpc/contract.ts';
import { RequestError } from '../errors/request-error.ts';
import { type Access, allPermissions, rolePermissions } from './permissions.ts';

/** Who is asking. */
export type Identity = { kind: 'user'; id: string; name: string; email: string; role: Role } | { kind: 'key'; name: string };

export function permissionsOf(identity: Identity): readonly Permission[] {
  return identity.kind === 'key' ? allPermissions : rolePermissions[identity.role];
}

/** As histories and the audit log name them. */
export function actorOf(identity: Identity): string {
  return identity.kind === 'key' ? `api-key:${identity.name}` : identity.id;
}

/** Lets through or throws: `auth.required` without an identity, `auth.forbidden` without the right. */
export function demand(identity: Identity | null, access: Access): void {
  if (access === 'public') return;
  if (!identity) throw new RequestError('auth.required', 'Sign in first, or send a key.');
  if (access === 'signed-in') {
    if (identity.kind !== 'user') throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
    return;
  }
  if (!permissionsOf(identity).includes(access)) {
    const who = identity.kind === 'user' ? `Your role (${identity.role})` : 'This key';
    throw new RequestError('auth.forbidden', `${who} does not include the permission ${access}. An administrator can change that.`, {
      details: { permission: access },
    });
  }
}
