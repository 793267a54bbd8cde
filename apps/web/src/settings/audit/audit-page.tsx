import { Menu, MultiSelect, Select } from '@mantine/core';
import { IconChevronRight, IconDownload, IconListSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { AuditRow } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { type ListColumn, ListTable } from '../../components/list-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { formatMoment, useNow } from '../../components/moment.ts';
import { SearchField } from '../../components/search-field.tsx';
import { SettingsFrame } from '../settings-frame.tsx';
import { AUDIT_WITHIN, auditFilter, type AuditSearch, type AuditWithin } from './audit-search.ts';
import { AuditTarget } from './audit-target.tsx';
import { actionInWords, actorInWords, fieldInWords, targetParts } from './audit-words.ts';
import { FieldChanges } from './field-changes.tsx';
import './audit.css';

const route = getRouteApi('/shell/settings/audit');

/** Who did what: searched and filtered by the address, an entry opened in place. */
export function AuditPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const minute = Math.floor(useNow(60_000) / 60_000) * 60_000;
  const filter = useMemo(() => auditFilter(search, minute), [search, minute]);
  const choices = useQuery(trpc.audit.choices.queryOptions());
  const log = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions({ ...filter, limit: 50 }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const rows = log.data?.pages.flatMap((page) => page.rows);
  const searchedTo = log.data?.pages.at(-1)?.searchedTo ?? null;

  const change = useCallback(
    (next: AuditSearch, drop: (keyof AuditSearch)[] = []) => {
      void navigate({
        to: '/settings/audit',
        replace: true,
        search: (before) => {
          const merged: AuditSearch = { ...(before as AuditSearch), ...next }; // this page's own search
          for (const name of drop) delete merged[name];
          return merged;
        },
      });
    },
    [navigate],
  );
  const onText = useCallback((text: string) => (text === '' ? change({}, ['text', 'entry']) : change({ text }, ['entry'])), [change]);
  const filtered = Object.keys(filter).length > 0;

  return (
    <SettingsFrame
      title="Audit log"
      actions={
        <>
          <SearchField label="Reason, id, or any text" width={220} value={search.text ?? ''} onChange={onText} />
          <ExportMenu filter={filter} filtered={filtered} />
        </>
      }
    >
      <div className="filters" role="group" aria-label="Filters">
        <Select
          aria-label="Who"
          placeholder="Everybody"
          w={180}
          size="sm"
          searchable
          clearable
          value={search.actor ?? null}
          data={withChosen(choices.data?.actors ?? [], search.actor).map((actor) => ({ value: actor.id, label: actorInWords(actor) }))}
          onChange={(actor) => (actor === null ? change({}, ['actor', 'entry']) : change({ actor }, ['entry']))}
        />
        <MultiSelect
          aria-label="Actions"
          placeholder={search.actions === undefined ? 'All actions' : ''}
          className="audit-actions"
          size="sm"
          searchable
          clearable
          value={search.actions ?? []}
          data={byKind(choices.data?.actions ?? [])}
          onChange={(actions) => (actions.length === 0 ? change({}, ['actions', 'entry']) : change({ actions }, ['entry']))}
        />
        <Select
          aria-label="When"
          placeholder="All the time"
          w={150}
          size="sm"
          clearable
          value={search.within ?? null}
          data={Object.entries(AUDIT_WITHIN).map(([value, label]) => ({ value, label }))}
          onChange={(within) => (within === null ? change({}, ['within', 'entry']) : change({ within: within as AuditWithin }, ['entry']))}
        />
        {search.target === undefined ? null : (
          <span className="fchip">
            <span className="t3">On</span>
            <b>{search.target}</b>
            <button type="button" className="plain" aria-label="Remove the filter On" onClick={() => change({}, ['target', 'entry'])}>
              <IconX className="ic" size={13} stroke={1.8} />
            </button>
          </span>
        )}
      </div>
      <div className="twrap" aria-busy={log.isFetching}>
        <Loaded query={{ ...log, data: rows }} rows={12} label="Loading the audit log">
          {(found) =>
            found.length > 0 ? (
              <AuditTable
                rows={found}
                open={search.entry ?? null}
                onOpen={(entry) => (entry === null ? change({}, ['entry']) : change({ entry }))}
              />
            ) : searchedTo === null ? (
              <EmptyState
                icon={<IconListSearch className="ic" stroke={1.8} />}
                title={filtered ? 'Nothing matches these filters' : 'Nothing was done yet'}
                actions={
                  filtered ? (
                    <Button onClick={() => void navigate({ to: '/settings/audit', search: {} })}>Clear the filters</Button>
                  ) : undefined
                }
              >
                {filtered ? 'Take one away, or look further back.' : 'What people and administration do is written here.'}
              </EmptyState>
            ) : null
          }
        </Loaded>
        {log.hasNextPage ? (
          <div className="audit-more">
            {searchedTo === null ? null : <span className="s12 t3">Searched back to {formatMoment(searchedTo)}.</span>}
            <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
              {searchedTo === null ? 'Show older entries' : 'Search further back'}
            </Button>
          </div>
        ) : null}
      </div>
    </SettingsFrame>
  );
}

const COLUMNS: readonly ListColumn[] = [
  { title: 'When', width: 142 },
  { title: 'Who', width: 120 },
  { title: 'What', width: 136 },
  { title: 'On', width: '30%' },
  { title: 'Reason and changes' },
];

function AuditTable({ rows, open, onOpen }: { rows: AuditRow[]; open: string | null; onOpen: (id: string | null) => void }) {
  return (
    <ListTable label="Audit log" className="list-wide audit-list" columns={COLUMNS}>
      {rows.map((row) => {
        const isOpen = row.id === open;
        return [
          <tr key={row.id} className={isOpen ? 'on' : ''}>
            <td style={{ paddingLeft: 12 }} className="num t2">
              <button
                type="button"
                className="plain row g4"
                aria-expanded={isOpen}
                aria-label={`${actionInWords(row.action)}, ${formatMoment(row.at)}: details`}
                onClick={() => onOpen(isOpen ? null : row.id)}
              >
                <IconChevronRight className={isOpen ? 'ic turned' : 'ic'} size={14} stroke={1.8} />
                {formatMoment(row.at)}
              </button>
            </td>
            <td className="ell">{actorInWords(row.actor)}</td>
            <td className="ell b5">
              {actionInWords(row.action)}
              {row.outcome === 'unknown' ? (
                <span className="tag" style={{ marginLeft: 6 }}>
                  Outcome unknown
                </span>
              ) : null}
            </td>
            <td className="ell">
              <AuditTarget target={row.target} />
            </td>
            <td className="ell t2">{summary(row)}</td>
          </tr>,
          isOpen ? (
            <tr key={`${row.id}-open`} className="audit-open">
              <td colSpan={COLUMNS.length}>
                <Entry row={row} />
              </td>
            </tr>
          ) : null,
        ];
      })}
    </ListTable>
  );
}

function Entry({ row }: { row: AuditRow }) {
  const isEmpty = row.detail === null || (typeof row.detail === 'object' && Object.keys(row.detail).length === 0);
  return (
    <div className="audit-entry">
      {row.reason === null ? null : <p className="audit-reason">{row.reason}</p>}
      {row.outcome === 'unknown' ? (
        <p className="t2">The server stopped before it knew whether this was done, and nothing that is left tells it.</p>
      ) : null}
      {row.before === null && row.after === null ? null : <FieldChanges before={row.before} after={row.after} />}
      {isEmpty ? null : <pre className="code">{JSON.stringify(row.detail, null, 2)}</pre>}
      <dl className="s12">
        <dt>Action</dt>
        <dd className="mono">{row.action}</dd>
        <dt>On</dt>
        <dd className="mono">{row.target.id}</dd>
        <dt>By</dt>
        <dd className="mono">{row.actor.id}</dd>
        {row.address === null ? null : (
          <>
            <dt>From</dt>
            <dd className="mono">{row.address}</dd>
          </>
        )}
        {row.requestId === null ? null : (
          <>
            <dt>Request</dt>
            <dd className="mono">{row.requestId}</dd>
          </>
        )}
        <dt>Seal</dt>
        <dd className="mono ell" title={row.hash ?? ''}>
          {row.hash ?? 'Not sealed yet; that takes a few seconds'}
        </dd>
      </dl>
    </div>
  );
}

function ExportMenu({ filter, filtered }: { filter: ReturnType<typeof auditFilter>; filtered: boolean }) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) query.set(name, Array.isArray(value) ? value.join(',') : value);
  const address = (format: string) => `/api/audit.${format}${filtered ? `?${query}` : ''}`;
  return (
    <Menu width={240} position="bottom-end">
      <Menu.Target>
        <Button icon={<IconDownload className="ic" stroke={1.8} />}>Export</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{filtered ? 'What matches the filters' : 'The whole log'}</Menu.Label>
        <Menu.Item component="a" href={address('csv')} download>
          CSV, for a spreadsheet
        </Menu.Item>
        <Menu.Item component="a" href={address('ndjson')} download>
          NDJSON, with the seals
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function byKind(actions: readonly string[]) {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const action of actions) {
    const [kind] = targetParts({ id: action.slice(0, Math.max(0, action.indexOf('.'))), name: null });
    groups.set(kind, [...(groups.get(kind) ?? []), { value: action, label: actionInWords(action) }]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}

function summary({ reason, before, after, detail }: AuditRow): string {
  const changed = [before, after].flatMap((value) => (typeof value === 'object' && value !== null ? Object.keys(value) : []));
  const words = changed.length > 0 ? `Changed ${[...new Set(changed)].map(fieldInWords).join(', ')}` : '';
  const plain =
    typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? Object.entries(detail)
          .filter(([, value]) => (typeof value === 'string' && value !== '') || typeof value === 'number')
          .map(([name, value]) => `${fieldInWords(name)} ${String(value)}`)
          .join(', ')
      : '';
  return [reason, words === '' ? plain : words].filter((part) => part !== null && part !== '').join(' · ');
}

/** Somebody a link leads to may not have done anything yet. */
function withChosen(actors: readonly AuditRow['actor'][], id: string | undefined): readonly AuditRow['actor'][] {
  return id === undefined || actors.some((actor) => actor.id === id) ? actors : [...actors, { id, name: null }];
}
