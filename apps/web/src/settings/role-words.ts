import type { Permission, Role, RoleGrant } from '@perdure/server/contract';

export const roleWords: Record<Role, { label: string; does: string }> = {
  viewer: { label: 'Viewer', does: 'Sees workflows and instances' },
  operator: { label: 'Operator', does: 'Starts, suspends and ends instances' },
  designer: { label: 'Designer', does: 'Draws, publishes and tries workflows' },
  approver: { label: 'Approver', does: 'Answers the tasks that are for them' },
  admin: { label: 'Admin', does: 'Does everything; for all workflows also people, keys and settings' },
};

/** "Operator in finance". */
export function grantWords({ role, folder }: RoleGrant): string {
  return folder === '' ? roleWords[role].label : `${roleWords[role].label} in ${folder}`;
}

export const permissionWords: Record<Permission, string> = {
  'workflow.read': 'Read workflows',
  'workflow.edit': 'Change and import workflows',
  'workflow.publish': 'Publish versions',
  'instance.read': 'Read instances',
  'instance.start': 'Start instances',
  'instance.operate': 'Raise events, suspend, resume and end instances',
  'instance.purge': 'Purge instances',
  'task.read': 'Read tasks',
  'task.decide': 'Decide tasks',
  'task.assign': 'See and assign every task',
  'data.sensitive': 'See sensitive data',
  'audit.read': 'Read the audit log',
  admin: 'People, keys, settings and figures',
};
