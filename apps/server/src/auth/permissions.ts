import type { Permission, Role } from '../trpc/contract/people.ts';

export const allPermissions: readonly Permission[] = [
  'workflow.read',
  'workflow.edit',
  'workflow.publish',
  'instance.read',
  'instance.start',
  'instance.operate',
  'instance.purge',
  'task.read',
  'task.decide',
  'task.assign',
  'data.sensitive',
  'audit.read',
  'admin',
];

/** About the installation as a whole: a role held for a folder does not bring them. */
export const installationPermissions: readonly Permission[] = ['audit.read', 'admin'];

/**
 * Approvers see their tasks and nothing else: whoever may read an instance reads in its history what its tasks show,
 * so a task's candidates would mean nothing to a role that has `instance.read`.
 */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['workflow.read', 'instance.read'],
  operator: ['workflow.read', 'instance.read', 'instance.start', 'instance.operate'],
  designer: ['workflow.read', 'workflow.edit', 'workflow.publish', 'instance.read', 'instance.start'],
  approver: ['task.read', 'task.decide'],
  admin: allPermissions,
};

export const roles = Object.keys(rolePermissions) as Role[]; // exactly the keys of the record

/** A role this version does not know counts as the one that may least change. */
export function asRole(text: string): Role {
  return roles.find((role) => role === text) ?? 'viewer';
}

/** What a procedure or route demands: a permission, a signed-in person of any role, or nothing. */
export type Access = Permission | 'signed-in' | 'public';
