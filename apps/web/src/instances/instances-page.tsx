import { IconArrowDown, IconChevronLeft, IconChevronRight, IconListDetails, IconPlayerPlay } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { InstanceRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Kbd } from '../components/kbd.tsx';
import { formatMoment, useNow } from '../components/moment.ts';
import { SearchField } from '../components/search-field.tsx';
import { TagList } from '../components/tag-list.tsx';
import { SkeletonRows } from '../components/skeleton.tsx';
import { Tabs } from '../components/tabs.tsx';
import { useKeys } from '../components/use-keys.ts';
import { versionWords } from '../components/version-words.ts';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusLabel } from '../status/status-label.tsx';
import { InstanceElapsed } from './instance-elapsed.tsx';
import { InstanceFilters } from './instance-filters.tsx';
import { instanceListInput, PAGE_SIZE } from './instance-list-input.ts';
import type { InstanceSearch, InstanceView } from './instance-search.ts';
import { PurgeTestsDialog } from './purge-tests-dialog.tsx';
import { StartInstanceDialog } from './start-instance-dialog.tsx';
import { WhereAndWhy } from './where-and-why.tsx';
import './instances-page.css';

const route = getRouteApi('/shell/instances');

const VIEWS: { key: InstanceView; label: string }[] = [
  { key: 'open', label: 'Not completed' },
  { key: 'failed', label: 'Failed' },
  { key: 'waiting', label: 'Waiting' },
  { key: 'all', label: 'All' },
];

export function InstancesPage() {
  useDocumentTitle('Instances');
  const search = route.useSearch();
  const navigate = useNavigate();
  const [starting, setStarting] = useState(false);
  const mayStart = useMay('instance.start');
  const [purging, setPurging] = useState(false);
  const mayPurge = useMay('instance.purge');
  // "In the last hour" moves by the minute: often enough, and the page does not refetch for every tick.
  const minute = Math.floor(useNow(60_000) / 60_000) * 60_000;
  const input = useMemo(() => instanceListInput(search, minute), [search, minute]);
  const list = useQuery(trpc.instances.list.queryOptions(input, { placeholderData: keepPreviousData }));
  const rows = list.data?.rows;
  const view = search.view ?? 'open';
  const table = useRef<HTMLTableElement>(null);

  const change = useCallback(
    (next: InstanceSearch, drop: (keyof InstanceSearch)[] = []) => {
      void navigate({
        to: '/instances',
        search: (before) => {
          const { cursor: _cursor, direction: _direction, ...kept } = before as InstanceSearch; // this page's own search
          const merged: InstanceSearch = { ...kept, ...next };
          for (const name of drop) delete merged[name];
          return merged;
        },
      });
    },
    [navigate],
  );
  const onSearch = useCallback((text: string) => (text === '' ? change({}, ['text']) : change({ text })), [change]);

  const move = (step: number) => {
    const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>('tbody a.instance') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[at === -1 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
  };
  useKeys({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1) });

  const tags = useMemo(() => [...new Set(rows?.flatMap((row) => row.tags))].sort(), [rows]);
  const filtered =
    search.workflow !== undefined ||
    search.version !== undefined ||
    search.status !== undefined ||
    search.started !== undefined ||
    search.text !== undefined ||
    search.tag !== undefined ||
    search.tests !== undefined;

  return (
    <>
      <TopBar>
        <h1>Instances</h1>
        <span style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        <SearchField label="Id, key, or text of an error" width={240} value={search.text ?? ''} onChange={onSearch} />
        <Button
          look="primary"
          icon={<IconPlayerPlay className="ic" stroke={1.8} />}
          refusal={mayStart ? null : 'Your role may not start instances'}
          onClick={() => setStarting(true)}
        >
          Start instance…
        </Button>
      </TopBar>
      <div className="views">
        <Tabs
          label="Views"
          panelId="instances-panel"
          value={view}
          onChange={(key) => change(key === 'open' ? {} : { view: key }, key === 'open' ? ['view', 'status'] : ['status'])}
          items={VIEWS.map(({ key, label }) => ({
            key,
            label,
            count: key === view && list.data && !filtered ? <span className="num t3 s12 b4">{countText(list.data.count)}</span> : undefined,
          }))}
        />
      </div>
      <InstanceFilters search={search} onChange={change} tags={tags}>
        {search.tests === 'only' ? (
          <Button
            size="sm"
            look="ghost"
            className="push"
            refusal={mayPurge ? null : 'Your role may not purge instances'}
            onClick={() => setPurging(true)}
          >
            Purge test runs…
          </Button>
        ) : null}
      </InstanceFilters>
      <div className="twrap" id="instances-panel" role="tabpanel" aria-label="Instances" aria-busy={list.isPlaceholderData} tabIndex={-1}>
        {list.isPending ? <SkeletonRows rows={12} label="Loading instances" /> : null}
        {list.isError && rows === undefined ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {rows && rows.length > 0 ? (
          <InstanceTable rows={rows} ref={table} onOpen={(id) => void navigate({ to: '/instances/$id', params: { id } })} />
        ) : null}
        {rows && rows.length === 0 ? (
          <Empty
            filtered={filtered}
            view={view}
            onClear={() => change({}, ['workflow', 'version', 'status', 'started', 'text', 'tag', 'tests'])}
            onAll={() => change({ view: 'all' })}
            onStart={mayStart ? () => setStarting(true) : null}
          />
        ) : null}
      </div>
      <footer className="foot s12 t3">
        {list.data ? (
          <span role="status">
            <span className="b6 t1 num">{countText(list.data.count)}</span>
            <span className="num">
              {list.data.count.value === 1 ? ' matches' : ' match'}
              {list.data.count.exact ? ', counted exactly' : ''}, of {countText(list.data.total)}
            </span>
          </span>
        ) : null}
        <span className="grow" />
        <span className="row g4">
          <Kbd>j</Kbd>
          <Kbd>k</Kbd> Move
        </span>
        <span className="row g4">
          <Kbd>Enter</Kbd> Open
        </span>
        <span className="divider" />
        <span>{search.cursor === undefined ? `Newest ${PAGE_SIZE}` : `${PAGE_SIZE} per page`}</span>
        <Button
          icon={<IconChevronLeft className="ic" stroke={1.8} />}
          refusal={list.data?.newerCursor ? null : 'These are the newest'}
          onClick={() =>
            void navigate({ to: '/instances', search: { ...search, cursor: list.data?.newerCursor ?? '', direction: 'newer' } })
          }
        >
          Newer
        </Button>
        <Button
          refusal={list.data?.olderCursor ? null : 'There are no older ones'}
          onClick={() =>
            void navigate({ to: '/instances', search: { ...search, cursor: list.data?.olderCursor ?? '', direction: 'older' } })
          }
        >
          <span className="row g6">
            Older
            <IconChevronRight className="ic" stroke={1.8} />
          </span>
        </Button>
      </footer>
      <PurgeTestsDialog
        opened={purging}
        workflowKey={search.workflow?.length === 1 ? (search.workflow[0] ?? null) : null}
        onClose={() => setPurging(false)}
      />
      <StartInstanceDialog
        opened={starting}
        onClose={() => setStarting(false)}
        {...(search.workflow?.length === 1 && search.workflow[0] ? { workflowKey: search.workflow[0] } : {})}
      />
    </>
  );
}

function InstanceTable({ rows, ref, onOpen }: { rows: InstanceRow[]; ref: React.Ref<HTMLTableElement>; onOpen: (id: string) => void }) {
  return (
    <table className="list instances-list" ref={ref} aria-label="Instances">
      <colgroup>
        <col style={{ width: 132 }} />
        <col style={{ width: 176 }} />
        <col style={{ width: 196 }} />
        <col />
        <col style={{ width: 118 }} />
        <col style={{ width: 96 }} />
        <col style={{ width: 126 }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" style={{ paddingLeft: 20 }}>
            Status
          </th>
          <th scope="col">Instance</th>
          <th scope="col">Workflow</th>
          <th scope="col">Where and why</th>
          <th scope="col" aria-sort="descending">
            <span className="row g4">
              Started
              <IconArrowDown className="ic" size={12} stroke={1.8} />
            </span>
          </th>
          <th scope="col" style={{ textAlign: 'right' }}>
            Elapsed
          </th>
          <th scope="col" style={{ paddingLeft: 20 }}>
            Tags
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            onClick={(event) => {
              // The link does it for the keyboard and the middle button; the rest of the row is a convenience.
              if (event.target instanceof HTMLElement && event.target.closest('a, button')) return;
              if (getSelection()?.toString() === '') onOpen(row.id);
            }}
          >
            <td style={{ paddingLeft: 20 }}>
              <StatusLabel status={row.status} />
            </td>
            <td className="ell">
              <Link to="/instances/$id" params={{ id: row.id }} className="instance mono b5" title={row.id} preload={false}>
                {row.id}
              </Link>
            </td>
            <td className="ell">
              {row.workflowKey} <span className="t3">{versionWords(row.version)}</span>
            </td>
            <td className="ell">
              <WhereAndWhy row={row} />
            </td>
            <td className="num t2">{formatMoment(row.createdAt)}</td>
            <td className="num t2" style={{ textAlign: 'right' }}>
              <InstanceElapsed createdAt={row.createdAt} completedAt={row.completedAt} />
            </td>
            <td style={{ paddingLeft: 20, overflow: 'hidden' }}>
              <span className="row g4">
                {row.isTest ? <span className="tag">Test</span> : null}
                <TagList tags={row.tags} most={row.isTest ? 0 : 1} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Empty({
  filtered,
  view,
  onClear,
  onAll,
  onStart,
}: {
  filtered: boolean;
  view: InstanceView;
  onClear: () => void;
  onAll: () => void;
  onStart: (() => void) | null;
}) {
  const icon = <IconListDetails className="ic" stroke={1.8} />;
  if (filtered)
    return (
      <EmptyState icon={icon} title="Nothing matches these filters" actions={<Button onClick={onClear}>Clear the filters</Button>}>
        Take one away, or search for a part of an id.
      </EmptyState>
    );
  if (view !== 'all')
    return (
      <EmptyState
        icon={icon}
        title={view === 'failed' ? 'No instance has failed' : view === 'waiting' ? 'No instance waits' : 'Every instance is completed'}
        actions={<Button onClick={onAll}>Show all instances</Button>}
      >
        This list fills by itself as soon as there is one.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={icon}
      title="No instances yet"
      actions={
        onStart ? (
          <Button look="primary" onClick={onStart}>
            Start instance…
          </Button>
        ) : undefined
      }
    >
      An instance is one run of a published workflow.
    </EmptyState>
  );
}

function countText({ value, exact }: { value: number; exact: boolean }): string {
  return `${value.toLocaleString('en')}${exact ? '' : '+'}`;
}
