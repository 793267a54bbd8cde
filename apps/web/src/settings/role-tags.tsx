import type { RoleGrant } from '@perdure/server/contract';
import { grantWords } from './role-words.ts';

export function RoleTags({ grants }: { grants: readonly RoleGrant[] }) {
  if (grants.length === 0) return <span className="t3">None of their own</span>;
  return (
    <span className="settings-roles">
      {grants.map((grant) => (
        <span key={`${grant.role} ${grant.folder}`} className={grant.role === 'admin' ? 'tag accent' : 'tag'}>
          {grantWords(grant)}
          {grant.sensitive ? ', sensitive data' : ''}
        </span>
      ))}
    </span>
  );
}
