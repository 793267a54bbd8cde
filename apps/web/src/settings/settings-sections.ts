import type { Permission } from '@perdure/server/contract';
import type { LinkProps } from '@tanstack/react-router';

export interface SettingsSection {
  label: string;
  to: NonNullable<LinkProps['to']>;
  /** Null: everybody's own. */
  permission: Permission | null;
}

/** The pages of the settings, in the order of their list. Somebody sees those they may open. */
export const settingsSections: readonly SettingsSection[] = [
  { label: 'My account', to: '/settings/account', permission: null },
  { label: 'Notifications', to: '/settings/notifications', permission: null },
  { label: 'People', to: '/settings/people', permission: 'admin' },
  { label: 'Groups', to: '/settings/groups', permission: 'admin' },
  { label: 'API keys', to: '/settings/api-keys', permission: 'admin' },
  { label: 'Alerts', to: '/settings/alerts', permission: 'admin' },
  { label: 'Retention', to: '/settings/retention', permission: 'admin' },
  { label: 'Audit log', to: '/settings/audit', permission: 'audit.read' },
];
