import { Link } from '@tanstack/react-router';
import type { AuditRow } from '@perdure/server/contract';
import { targetParts } from './audit-words.ts';

/** What a deed was done to, as a link where it has a page. It may be gone by now; the page says so then. */
export function AuditTarget({ target }: { target: AuditRow['target'] }) {
  const [kind, what] = targetParts(target);
  const id = target.id.slice(target.id.indexOf(':') + 1);
  const name = <span className={target.name === null ? 'mono' : ''}>{what}</span>;
  return (
    <>
      <span className="t3">{kind}</span>{' '}
      {target.id.startsWith('instance:') ? (
        <Link to="/instances/$id" params={{ id }} className="lnk" preload={false}>
          {name}
        </Link>
      ) : target.id.startsWith('workflow:') && id !== '*' ? (
        <Link to="/workflows/$key" params={{ key: id }} className="lnk" preload={false}>
          {name}
        </Link>
      ) : target.id.startsWith('bulk:') ? (
        <Link to="/jobs/$id" params={{ id }} className="lnk" preload={false}>
          {name}
        </Link>
      ) : target.id.startsWith('entity-type:') ? (
        <Link to="/entity-types/$name" params={{ name: id }} className="lnk" preload={false}>
          {name}
        </Link>
      ) : (
        name
      )}
    </>
  );
}
