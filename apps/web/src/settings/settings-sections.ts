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
  { label: 'Notifications', to: '/settings/notifications', permission: null },
  { label: 'Alerts', to: '/settings/alerts', permission: 'admin' },
  { label: 'Audit log', to: '/settings/audit', permission: 'audit.read' },
];
