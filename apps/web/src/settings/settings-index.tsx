import { IconSettings } from '@tabler/icons-react';
import { Navigate } from '@tanstack/react-router';
import { useMe } from '../api/use-me.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { settingsSections } from './settings-sections.ts';

/** /settings: the first page somebody may open. */
export function SettingsIndex() {
  const me = useMe();
  const first = settingsSections.find(({ permission }) => permission === null || me.data?.permissions.includes(permission));
  if (first) return <Navigate to={first.to} replace />;
  return (
    <SettingsFrame title="Settings">
      {me.data ? (
        <EmptyState icon={<IconSettings className="ic" stroke={1.8} />} title="Nothing to set here">
          The settings of this installation are kept by its administrators.
        </EmptyState>
      ) : null}
    </SettingsFrame>
  );
}
