import { IconDatabaseCog } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { entityKinds } from '@perdure/graph';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { whoInWords } from '../components/who-in-words.ts';

const COLUMNS: readonly ListColumn[] = [
  { title: 'Type' },
  { title: 'Kind', width: 160 },
  { title: 'Version', width: 90 },
  { title: 'Entities', width: 110, align: 'end' },
  { title: 'Saved', width: 230 },
];

export function EntityTypeList({ onNew }: { onNew: (() => void) | null }) {
  const types = useQuery(trpc.entityTypes.list.queryOptions());
  return (
    <div className="twrap">
      <Loaded query={types} rows={4} height={52} label="Loading entity types">
        {(rows) =>
          rows.length === 0 ? (
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
          ) : (
            <ListTable label="Entity types" className="list-wide list-under-bar list-tall" columns={COLUMNS}>
              {rows.map((type) => (
                <tr key={type.name}>
                  <td style={{ maxWidth: 0 }}>
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
                  <td className="num end">
                    {type.entities === 0 ? (
                      <span className="t3">0</span>
                    ) : (
                      <Link to="/entities" search={{ type: type.name }} className="lnk">
                        {type.entities > 10_000 ? '10,000+' : type.entities.toLocaleString('en')}
                        <span className="visually-hidden"> entities of {type.title}</span>
                      </Link>
                    )}
                  </td>
                  <td className="ell t2 num">
                    {formatMoment(type.updatedAt)}, {whoInWords(type.updatedBy)}
                  </td>
                </tr>
              ))}
            </ListTable>
          )
        }
      </Loaded>
    </div>
  );
}
