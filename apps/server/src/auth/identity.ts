import type { Permission, Role } from '../trpc/contract/people.ts';
import { RequestError } from '../errors/request-error.ts';
import { covers } from './folder.ts';
import { type Access, allPermissions, installationPermissions, rolePermissions } from './permissions.ts';

/** Permissions for all workflows (folder '') or for a folder of them. */
export interface Grant {
  /** Null for what a key was given one by one. */
  role: Role | null;
  folder: string;
  permissions: readonly Permission[];
}

/** Who is asking. */
export type Identity =
  | {
      kind: 'user';
      id: string;
      name: string;
      email: string;
      sessionId: string;
      /** Names of the groups they are in. */
      groups: readonly string[];
      /** Their own, and those of their groups. */
      grants: readonly Grant[];
    }
  | { kind: 'key'; name: string; grants: readonly Grant[] };

/** The key of the configuration: it may everything. */
export const adminKey: Identity = { kind: 'key', name: 'admin', grants: [{ role: null, folder: '', permissions: allPermissions }] };

export function grantOfRole(role: Role, folder: string, sensitive: boolean): Grant {
  const ofRole = rolePermissions[role];
  const permissions: readonly Permission[] = sensitive && !ofRole.includes('data.sensitive') ? [...ofRole, 'data.sensitive'] : ofRole;
  return { role, folder, permissions: withinFolder(permissions, folder) };
}

/** A role for a folder, or a key for one, never brings what is about the installation as a whole. */
export function withinFolder(permissions: readonly Permission[], folder: string): readonly Permission[] {
  return folder === '' ? permissions : permissions.filter((permission) => !installationPermissions.includes(permission));
}

/** All they hold anywhere: for some folder, or for all. */
export function permissionsOf(identity: Identity): readonly Permission[] {
  return allPermissions.filter((permission) => identity.grants.some(({ permissions }) => permissions.includes(permission)));
}

/** Where they hold it: folders, '' among them when it is for all workflows. */
export function foldersOf(identity: Identity, permission: Permission): string[] {
  return identity.grants.filter(({ permissions }) => permissions.includes(permission)).map(({ folder }) => folder);
}

/** Whether they hold it in this folder. In '', only what is held for all workflows counts. */
export function holdsIn(identity: Identity, permission: Permission, folder: string): boolean {
  return foldersOf(identity, permission).some((held) => covers(held, folder));
}

/** As histories and the audit log name them. */
export function actorOf(identity: Identity): string {
  return identity.kind === 'key' ? `api-key:${identity.name}` : identity.id;
}

/** Lets through whoever has the right anywhere, or throws: `auth.required` without an identity, `auth.forbidden` without the right. */
export function demand(identity: Identity | null, access: Access): void {
  if (access === 'public') return;
  if (!identity) throw new RequestError('auth.required', 'Sign in first, or send a key.');
  if (access === 'signed-in') {
    if (identity.kind !== 'user') throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
    return;
  }
  if (foldersOf(identity, access).length === 0) throw forbidden(identity, access, '');
}

/** For what belongs to no folder: entities, people, settings. */
export function demandForAll(identity: Identity, permission: Permission): void {
  if (!holdsIn(identity, permission, '')) throw forbidden(identity, permission, ' for all workflows');
}

export function demandFolder(identity: Identity, permission: Permission, folder: string): void {
  if (holdsIn(identity, permission, folder)) return;
  throw forbidden(identity, permission, folder === '' ? ' outside their folders' : ` in the folder "${folder}"`);
}

export function forbidden(identity: Identity, permission: Permission, where: string): RequestError {
  return new RequestError(
    'auth.forbidden',
    `${whoLacks(identity)} the permission ${permission}${where}. An administrator can change that.`,
    {
      details: { permission },
    },
  );
}

function whoLacks({ kind, grants }: Identity): string {
  if (kind === 'key') return 'This key does not include';
  const roles = grants.flatMap(({ role, folder }) => (role === null ? [] : folder === '' ? role : `${role} in ${folder}`));
  if (roles.length === 0) return 'You have no role that includes';
  return roles.length === 1 ? `Your role (${roles[0]}) does not include` : `Your roles (${roles.join(', ')}) do not include`;
}
