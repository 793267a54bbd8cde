import { Navigate } from '@tanstack/react-router';

/** /settings: everybody has an account. */
export function SettingsIndex() {
  return <Navigate to="/settings/account" replace />;
}
