import { IconListSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMayIn } from '../../api/use-me.ts';
import type { AuditSearch } from './audit-search.ts';

/** Leads to what was done to this, or by whom. Nothing for those who may not read the audit log. */
export function AuditLink({ search, children }: { search: Pick<AuditSearch, 'actor' | 'target'>; children: ReactNode }) {
  // The log is the installation's: a role for a folder does not bring it.
  if (!useMayIn('audit.read', '')) return null;
  return (
    <Link to="/settings/audit" search={search} className="lnk row g4">
      <IconListSearch className="ic" size={14} stroke={1.8} />
      {children}
    </Link>
  );
}
