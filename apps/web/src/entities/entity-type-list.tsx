import { IconDatabaseCog } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { entityKinds } from '@perdure/graph';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { formatMoment } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';

export function EntityTypeList({ onNew }: { onNew: (() => void) | null }) {
  const types = useQuery(trpc.entityTypes.list.queryOptions());
  return (
    <div className="twrap">
      {types.isPending ? <SkeletonRows rows={4} height={52} label="Loading entity types" /> : null}
      {types.isError && !types.data ? <ErrorState error={types.error} onRetry={() => void types.refetch()} /> : null}
      {types.data && types.data.length === 0 ? (
        <EmptyState
          icon={<IconDatabaseCog className="ic" stroke={1.8} />}
          title="No entity types yet"
          actions={
            onNew === null ? undefined : (
              <Button look="primary" onClick={onNew}>
                New entity type…
              </Button>
            )
          }
        >
          A type says what its entities can be asked: count, keep a value, or operations of your own.
        </EmptyState>
      ) : null}
      {types.data && types.data.length > 0 ? (
        <table className="list" aria-label="Entity types">
          <colgroup>
            <col />
            <col style={{ width: 160 }} />
            <col style={{ width: 90 }} />
            <col style={{ width: 110 }} />
            <col style={{ width: 220 }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" style={{ paddingLeft: 20, borderTop: 0 }}>
                Type
              </th>
              <th scope="col" style={{ borderTop: 0 }}>
                Kind
              </th>
              <th scope="col" style={{ borderTop: 0 }}>
                Version
              </th>
              <th scope="col" style={{ borderTop: 0, textAlign: 'right' }}>
                Entities
              </th>
              <th scope="col" style={{ borderTop: 0, paddingLeft: 24 }}>
                Saved
              </th>
            </tr>
          </thead>
          <tbody>
            {types.data.map((type) => (
              <tr key={type.name}>
                <td style={{ paddingLeft: 20, height: 52, maxWidth: 0 }}>
                  <Link to="/entity-types/$name" params={{ name: type.name }} className="b6 ell" style={{ display: 'block' }}>
                    {type.title}
                  </Link>
                  <div className="s12 t3 ell">
                    <span className="mono">{type.name}</span>
                    {type.description === '' ? '' : `, ${type.description}`}
                  </div>
                </td>
                <td>{entityKinds.find(({ kind }) => kind === type.document.kind)?.label}</td>
                <td className="num">v{type.version}</td>
                <td className="num" style={{ textAlign: 'right' }}>
                  {type.entities === 0 ? (
                    <span className="t3">0</span>
                  ) : (
                    <Link to="/entities" search={{ type: type.name }} className="lnk">
                      {type.entities > 10_000 ? '10,000+' : type.entities.toLocaleString('en')}
                      <span className="visually-hidden"> entities of {type.title}</span>
                    </Link>
                  )}
                </td>
                <td className="ell t2 num" style={{ paddingLeft: 24 }}>
                  {formatMoment(type.updatedAt)}, {type.updatedBy}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}
