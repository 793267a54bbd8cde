import { NativeSelect } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconDatabaseCog } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { EntityListInput, EntityRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { SearchField } from '../components/search-field.tsx';
import type { EntitiesSearch } from './entities-search.ts';
import { queueWords, shortJson } from './entity-words.ts';

const PAGE_SIZE = 50;

export function EntityList({ search }: { search: EntitiesSearch }) {
  const navigate = useNavigate();
  const types = useQuery(trpc.entityTypes.list.queryOptions());
  const list = useQuery(trpc.entities.list.queryOptions(listInput(search), { placeholderData: keepPreviousData }));
  const rows = list.data?.rows;
  const { type, text } = search;
  const change = useCallback((next: EntitiesSearch) => void navigate({ to: '/entities', search: next }), [navigate]);
  const onSearch = useCallback(
    (sought: string) => change({ ...(type === undefined ? {} : { type }), ...(sought === '' ? {} : { text: sought }) }),
    [change, type],
  );
  // A type that is archived may have entities, too.
  const names = [...new Set([...(types.data ?? []).map(({ name }) => name), ...(type === undefined ? [] : [type])])];
  return (
    <>
      <div className="filters" role="group" aria-label="Filters">
        <NativeSelect
          size="xs"
          aria-label="Entity type"
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          data={[{ value: '', label: 'All types' }, ...names]}
          value={type ?? ''}
          onChange={(event) => change(event.currentTarget.value === '' ? {} : { type: event.currentTarget.value })}
        />
        {type === undefined ? null : <SearchField label={`Start of a key of ${type}`} width={240} value={text ?? ''} onChange={onSearch} />}
      </div>
      <div className="twrap" aria-busy={list.isPlaceholderData}>
        <Loaded query={list} rows={10} label="Loading entities">
          {({ rows: found }) => (found.length > 0 ? <EntityTable rows={found} /> : <Empty search={search} onClear={() => change({})} />)}
        </Loaded>
      </div>
      <footer className="foot s12 t3">
        <span role="status" className="num">
          {rows
            ? `${rows.length}${list.data?.nextCursor ? ' of more' : ''} ${rows.length === 1 ? 'entity' : 'entities'}, by name and key`
            : ''}
        </span>
        <span className="grow" />
        {search.cursor === undefined ? null : (
          <Button onClick={() => change({ ...(type === undefined ? {} : { type }), ...(text === undefined ? {} : { text }) })}>
            First page
          </Button>
        )}
        <Button
          refusal={list.data?.nextCursor ? null : 'There are no more'}
          onClick={() => change({ ...search, cursor: list.data?.nextCursor ?? '' })}
        >
          <span className="row g6">
            Next
            <IconChevronRight className="ic" stroke={1.8} />
          </span>
        </Button>
      </footer>
    </>
  );
}

function listInput({ type, text, cursor }: EntitiesSearch): EntityListInput {
  return {
    limit: PAGE_SIZE,
    ...(type === undefined ? {} : { name: type }),
    ...(type === undefined || text === undefined ? {} : { keyPrefix: text }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

const COLUMNS: readonly ListColumn[] = [
  { title: 'Entity', width: '24%' },
  { title: 'State' },
  { title: 'Waiting', width: 130 },
  { title: 'Locked by', width: 200 },
  { title: 'Last operation', width: 140 },
];

function EntityTable({ rows }: { rows: EntityRow[] }) {
  return (
    <ListTable label="Entities" className="list-wide" columns={COLUMNS}>
      {rows.map((row) => (
        <tr key={`${row.name}@${row.key}`}>
          <td className="ell">
            <Link
              to="/entities/$name"
              params={{ name: row.name }}
              search={{ key: row.key }}
              className="mono b5"
              title={`${row.name}@${row.key}`}
              preload={false}
            >
              <span className="t3">{row.name}@</span>
              {row.key}
            </Link>
          </td>
          <td className="ell mono" title={row.exists ? shortJson(row.state, 2_000) : undefined}>
            {row.exists ? shortJson(row.state, 200) : <span className="t3">No state</span>}
          </td>
          <td className="t2 ell">{queueWords(row)}</td>
          <td className="ell">
            {row.lockedBy === null ? (
              <span className="t3">Nobody</span>
            ) : (
              <Link to="/instances/$id" params={{ id: row.lockedBy.instanceId }} className="lnk mono" preload={false}>
                {row.lockedBy.instanceId}
              </Link>
            )}
          </td>
          <td className="num t2">
            {row.lastOperationAt === null ? <span className="t3">None yet</span> : formatMoment(row.lastOperationAt)}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

function Empty({ search, onClear }: { search: EntitiesSearch; onClear: () => void }) {
  const icon = <IconDatabaseCog className="ic" stroke={1.8} />;
  if (search.type !== undefined)
    return (
      <EmptyState icon={icon} title="Nothing matches these filters" actions={<Button onClick={onClear}>Show all entities</Button>}>
        A key is found by its first letters; upper and lower case make a difference.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={icon}
      title="No entities yet"
      actions={
        <Link to="/entities" search={{ tab: 'types' }} className="btn">
          Show the types
        </Link>
      }
    >
      An entity is a small durable object, such as an account or a counter. It begins with the first operation that changes it.
    </EmptyState>
  );
}
