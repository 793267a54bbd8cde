import { IconListSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

/** Leads to what was done to this. Only for those who may read the audit log. `target`: `instance:…`, `workflow:…`, `user:…` */
export function AuditLink({ target }: { target: string }) {
  return (
    <Link to="/settings/audit" search={{ target }} className="lnk row g4">
      <IconListSearch className="ic" size={14} stroke={1.8} />
      Audit log
    </Link>
  );
}
