import { Menu } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconColumns3,
  IconDeviceFloppy,
  IconDownload,
  IconListDetails,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { InstanceFilterInput } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { BulkActions } from '../bulk/bulk-actions.tsx';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Kbd } from '../components/kbd.tsx';
import { useNow } from '../components/moment.ts';
import { SearchField } from '../components/search-field.tsx';
import { SkeletonRows } from '../components/skeleton.tsx';
import { Tabs } from '../components/tabs.tsx';
import { useKeys } from '../components/use-keys.ts';
import { toast } from '../components/toast.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { ALL_COLUMNS, COLUMNS, type Column, type ListSetting, readListSetting } from './columns.ts';
import { countText } from './count-text.ts';
import { ExportDialog } from './export-dialog.tsx';
import { InstanceFilters } from './instance-filters.tsx';
import { instanceFilterInput, instanceListInput, PAGE_SIZE } from './instance-list-input.ts';
import { FILTER_KEYS, type InstanceSearch, type InstanceView, parseInstanceSearch } from './instance-search.ts';
import { InstanceTable } from './instance-table.tsx';
import { PurgeTestsDialog } from './purge-tests-dialog.tsx';
import { StartInstanceDialog } from './start-instance-dialog.tsx';
import { SaveViewDialog } from './save-view-dialog.tsx';
import { extended, isSelected, nothingSelected, selectedFilter, type Selection, toggled } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { type ListCount, useListCount } from './use-list-count.ts';
import './instances-page.css';

const route = getRouteApi('/shell/instances');

const VIEWS: { key: InstanceView; label: string }[] = [
  { key: 'open', label: 'Not completed' },
  { key: 'failed', label: 'Failed' },
  { key: 'waiting', label: 'Waiting' },
  { key: 'stuck', label: 'Stuck' },
  { key: 'all', label: 'All' },
];

const EVERYTHING: InstanceFilterInput = {};

/** Counts stand on the tabs; they may be a little older than the list. */
const COUNT_EVERY_MS = 10_000;

export function InstancesPage() {
  useDocumentTitle('Instances');
  const search = route.useSearch();
  const navigate = useNavigate();
  const [starting, setStarting] = useState(false);
  const noStart = useRefusal('instance.start', null);
  const [exporting, setExporting] = useState(false);
  const [purging, setPurging] = useState(false);
  const noPurge = useRefusal('instance.purge', null);
  // "In the last hour" moves by the minute: often enough, and the page does not refetch for every tick.
  const minute = Math.floor(useNow(60_000) / 60_000) * 60_000;
  const input = useMemo(() => instanceListInput(search, minute), [search, minute]);
  const list = useQuery(trpc.instances.list.queryOptions(input, { placeholderData: keepPreviousData }));
  const rows = list.data?.rows;
  const view = search.view ?? 'open';
  const table = useRef<HTMLTableElement>(null);
  const queries = useQueryClient();
  const views = useQuery(trpc.views.list.queryOptions());
  const kept = useQuery(trpc.listSettings.get.queryOptions({ list: 'instances' }));
  const setting = useMemo(() => readListSetting(kept.data), [kept.data]);
  const keepSetting = useMutation(trpc.listSettings.save.mutationOptions());
  const [saving, setSaving] = useState(false);
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const lastTicked = useRef<string | null>(null);
  const inSight = useMemo(() => rows?.map(({ id }) => id) ?? [], [rows]);
  const filter = useMemo(() => instanceFilterInput(search, minute), [search, minute]);
  const filterText = JSON.stringify(FILTER_KEYS.map((key) => search[key])) + view;
  // What was chosen among other things is not chosen among these.
  useEffect(() => setSelection(nothingSelected), [filterText]);
  const tabs = useMemo(
    () => [
      ...VIEWS.map(({ key, label }) => ({ key: key as string, label, search: key === 'open' ? {} : ({ view: key } as InstanceSearch) })),
      ...(views.data ?? []).map(({ id, name, search: saved }) => ({
        key: id,
        label: name,
        search: { ...parseInstanceSearch(saved), saved: id },
      })),
    ],
    [views.data],
  );
  const counts = useQueries({
    queries: tabs.map((tab) =>
      trpc.instances.count.queryOptions(instanceFilterInput(tab.search, minute), {
        refetchInterval: COUNT_EVERY_MS,
        staleTime: COUNT_EVERY_MS,
      }),
    ),
  });
  const rowsAt = list.isPlaceholderData ? 0 : list.dataUpdatedAt;
  const count = useListCount(filter, rowsAt);
  const total = useListCount(EVERYTHING, rowsAt);
  const openView = views.data?.find(({ id }) => id === search.saved);

  const changeSetting = (next: ListSetting) => {
    const plain = { columns: [...next.columns], density: next.density };
    queries.setQueryData(trpc.listSettings.get.queryKey({ list: 'instances' }), plain);
    keepSetting.mutate({ list: 'instances', setting: plain });
  };
  const tick = (id: string, toHere: boolean) => {
    setSelection((now) =>
      toHere && lastTicked.current !== null ? extended(now, lastTicked.current, id, inSight) : toggled(now, id, inSight),
    );
    lastTicked.current = id;
  };
  const tickAll = () =>
    setSelection((now) => (inSight.every((id) => isSelected(now, id)) ? nothingSelected : { of: 'rows', ids: new Set(inSight) }));

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
  const tickFocused = (toHere: boolean) => {
    const id = document.activeElement?.closest('tr')?.getAttribute('data-id');
    if (typeof id === 'string') tick(id, toHere);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    x: () => tickFocused(false),
    X: () => tickFocused(true),
    Escape: () => setSelection(nothingSelected),
  });

  const tags = useMemo(() => [...new Set(rows?.flatMap((row) => row.tags))].sort(), [rows]);
  const filtered = FILTER_KEYS.some((key) => search[key] !== undefined);

  const [first, second, third] = selection.of === 'rows' ? [...selection.ids] : [];
  const selectedWorkflow = rows?.find(({ id }) => isSelected(selection, id))?.workflowKey;
  // Of rows on other pages nothing is known here.
  const chosen = selection.of === 'rows' ? (rows?.filter(({ id }) => selection.ids.has(id)) ?? []) : [];
  const selectedFolders =
    selection.of === 'rows' && chosen.length === selection.ids.size ? [...new Set(chosen.map(({ folder }) => folder))] : null;
  const compared = first !== undefined && second !== undefined && third === undefined ? { id: first, other: second } : null;

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
          className="wordy"
          icon={<IconPlayerPlay className="ic" stroke={1.8} />}
          refusal={noStart}
          onClick={() => setStarting(true)}
        >
          Start instance…
        </Button>
      </TopBar>
      <div className="views">
        <Tabs
          label="Views"
          panelId="instances-panel"
          value={search.saved ?? view}
          onChange={(key) => void navigate({ to: '/instances', search: tabs.find((tab) => tab.key === key)?.search ?? {} })}
          items={tabs.map(({ key, label }, i) => {
            const counted = counts[i]?.data;
            return { key, label, count: counted === undefined ? undefined : <span className="num t3 s12 b4">{countText(counted)}</span> };
          })}
        />
        <Button
          size="sm"
          look="ghost"
          className="push"
          icon={<IconDeviceFloppy className="ic" stroke={1.8} />}
          onClick={() => setSaving(true)}
        >
          {openView === undefined ? 'Save view…' : 'Edit view…'}
        </Button>
      </div>
      <InstanceFilters search={search} onChange={change} tags={tags}>
        {search.tests === 'only' ? (
          <Button size="sm" look="ghost" className="push" refusal={noPurge} onClick={() => setPurging(true)}>
            Purge test runs…
          </Button>
        ) : null}
        <ColumnsMenu setting={setting} onChange={changeSetting} />
        <Button size="sm" look="ghost" icon={<IconDownload className="ic" stroke={1.8} />} onClick={() => setExporting(true)}>
          Export…
        </Button>
      </InstanceFilters>
      <div className="twrap" id="instances-panel" role="tabpanel" aria-label="Instances" aria-busy={list.isPlaceholderData} tabIndex={-1}>
        {list.isPending ? <SkeletonRows rows={12} label="Loading instances" /> : null}
        {list.isError && rows === undefined ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {rows && rows.length > 0 ? (
          <InstanceTable
            rows={rows}
            columns={setting.columns}
            density={setting.density}
            ref={table}
            onOpen={(id) => void navigate({ to: '/instances/$id', params: { id } })}
            ticking={{ isTicked: (id) => isSelected(selection, id), onTick: tick, onTickAll: tickAll }}
          />
        ) : null}
        {rows && rows.length === 0 ? (
          <Empty
            filtered={filtered}
            view={view}
            onClear={() => change({}, [...FILTER_KEYS])}
            onAll={() => change({ view: 'all' })}
            onStart={noStart === null ? () => setStarting(true) : null}
          />
        ) : null}
      </div>
      <footer className="foot s12 t3">
        {list.data ? (
          <span role="status" aria-busy={count === 'counting'}>
            <CountWords count={count} total={total} />
            <span className="num">
              {list.data.searchedNewest === null
                ? ''
                : `. Parts of ids were looked for in the newest ${list.data.searchedNewest.toLocaleString('en')}`}
              {list.data.searchedMasked === null
                ? ''
                : `. Where fields are sensitive, the newest ${list.data.searchedMasked.toLocaleString('en')} were searched as you see them`}
            </span>
          </span>
        ) : null}
        <span className="grow" />
        <span className="row g4">
          <Kbd>j</Kbd>
          <Kbd>k</Kbd> Move
        </span>
        <span className="row g4">
          <Kbd>x</Kbd> Select
        </span>
        <span className="row g4">
          <Kbd>Enter</Kbd> Open
        </span>
        <span className="row g4">
          <Kbd>?</Kbd> All keys
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
      {list.data ? (
        <SelectionBar
          selection={selection}
          filter={filter}
          total={typeof count === 'object' ? count : null}
          onChange={setSelection}
          onClear={() => setSelection(nothingSelected)}
        >
          <BulkActions
            filter={selectedFilter(selection)}
            folders={selectedFolders}
            workflowKey={selectedWorkflow}
            onCopyIds={selection.of === 'rows' ? () => copyIds(selection.ids) : null}
            onStarted={() => setSelection(nothingSelected)}
          />
          {compared === null ? null : (
            <>
              <span className="divider" />
              <Button look="ghost" onClick={() => void navigate({ to: '/instances/$id/compare/$other', params: compared })}>
                Compare
              </Button>
            </>
          )}
        </SelectionBar>
      ) : null}
      <SaveViewDialog
        key={openView?.id ?? 'new'}
        opened={saving}
        view={openView}
        search={search}
        onClose={() => setSaving(false)}
        onSaved={(id) => void navigate({ to: '/instances', search: { ...search, saved: id } })}
        onRemoved={() => void navigate({ to: '/instances', search: {} })}
      />
      {exporting ? <ExportDialog filter={filter} onClose={() => setExporting(false)} /> : null}
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

/** Rows come first: until they are counted, an ellipsis stands where the number will. */
function CountWords({ count, total }: { count: ListCount; total: ListCount }) {
  if (count === 'failed') return 'These could not be counted';
  const known = typeof count === 'object' ? count : null;
  return (
    <>
      <span className="b6 t1 num">{known === null ? '…' : countText(known)}</span>
      <span className="num">
        {known?.value === 1 ? ' matches' : ' match'}
        {known?.exact ? ', counted exactly' : ''}
        {typeof total === 'object' ? `, of ${countText(total)}` : ''}
      </span>
    </>
  );
}

function copyIds(ids: ReadonlySet<string>): void {
  void navigator.clipboard
    .writeText([...ids].join('\n'))
    .then(() => toast({ title: `${ids.size} ${ids.size === 1 ? 'id' : 'ids'} copied` }));
}

const EMPTY_VIEWS: Record<Exclude<InstanceView, 'all'>, string> = {
  open: 'Every instance is completed',
  failed: 'No instance has failed',
  waiting: 'No instance waits',
  stuck: 'No instance is stuck',
};

/** Which columns, in which order, how close the rows. Kept for the person. */
function ColumnsMenu({ setting, onChange }: { setting: ListSetting; onChange: (setting: ListSetting) => void }) {
  const { columns, density } = setting;
  const move = (column: Column, by: number) => {
    const at = columns.indexOf(column);
    const others = columns.filter((other) => other !== column);
    onChange({ ...setting, columns: [...others.slice(0, Math.max(0, at + by)), column, ...others.slice(Math.max(0, at + by))] });
  };
  return (
    <Menu position="bottom-end" width={240} closeOnItemClick={false}>
      <Menu.Target>
        <Button size="sm" look="ghost" className="push" icon={<IconColumns3 className="ic" stroke={1.8} />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={460} style={{ overflowY: 'auto' }}>
        <Menu.Label>Columns. Alt and an arrow key move one</Menu.Label>
        {[...columns, ...ALL_COLUMNS.filter((column) => !columns.includes(column))].map((column) => (
          <Menu.CheckboxItem
            key={column}
            checked={columns.includes(column)}
            disabled={column === 'instance'}
            onChange={() =>
              onChange({
                ...setting,
                columns: columns.includes(column) ? columns.filter((other) => other !== column) : [...columns, column],
              })
            }
            onKeyDown={(event) => {
              const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
              if (by === undefined || !columns.includes(column)) return;
              event.preventDefault();
              event.stopPropagation();
              move(column, by);
            }}
          >
            {COLUMNS[column].label}
            {column === 'instance' ? <span className="s12">, always shown</span> : null}
          </Menu.CheckboxItem>
        ))}
        <Menu.Label>Rows</Menu.Label>
        <Menu.CheckboxItem
          checked={density === 'compact'}
          onChange={() => onChange({ ...setting, density: density === 'compact' ? 'comfortable' : 'compact' })}
        >
          Compact
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
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
      <EmptyState icon={icon} title={EMPTY_VIEWS[view]} actions={<Button onClick={onAll}>Show all instances</Button>}>
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
