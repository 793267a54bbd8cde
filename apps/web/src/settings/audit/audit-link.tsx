import { IconListSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../api/use-me.ts';

/** What was done to this, for those who may read the audit log. `target`: `instance:…`, `workflow:…`, `user:…` */
export function AuditLink({ target }: { target: string }) {
  if (!useMay('audit.read')) return null;
  return (
    <Link to="/settings/audit" search={{ target }} className="lnk row g4">
      <IconListSearch className="ic" size={14} stroke={1.8} />
      Audit log
    </Link>
  );
}
