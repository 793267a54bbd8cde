import { Menu } from '@mantine/core';
import { IconArrowsSort, IconInbox } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { describeError } from '../api/describe-error.ts';
import { client, trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Kbd } from '../components/kbd.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Skeleton, SkeletonRows } from '../components/skeleton.tsx';
import { Tabs } from '../components/tabs.tsx';
import { useKeys } from '../components/use-keys.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import type { InboxSearch, InboxSort, InboxView } from './inbox-search.ts';
import { shownOrder, TaskList } from './task-list.tsx';
import { TaskOverview } from './task-overview.tsx';
import { TaskPane } from './task-pane.tsx';
import './inbox.css';

const route = getRouteApi('/shell/inbox');
const SORTS: Record<InboxSort, string> = { due: 'Due', priority: 'Priority', created: 'Oldest' };
const PAGE_SIZE = 100;

export function InboxPage() {
  useDocumentTitle('Inbox');
  const search = route.useSearch();
  const navigate = useNavigate();
  const sort = search.sort ?? 'due';
  // Without a choice in the address: what is mine, or, while that is nothing, what I could take.
  const counts = useQuery(trpc.tasks.list.queryOptions({ view: 'mine', limit: 1 })).data?.counts;
  const view: InboxView = search.view ?? (counts && counts.mine === 0 && counts.available > 0 ? 'available' : 'mine');
  const asked = { view, sort, limit: PAGE_SIZE, ...(search.text ? { text: search.text } : {}) };
  const list = useInfiniteQuery({
    ...trpc.tasks.list.infiniteQueryOptions(asked, {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      enabled: counts !== undefined || search.view !== undefined,
    }),
    // tRPC's own would send the direction of paging along, which the server does not know.
    queryFn: ({ pageParam }) => client.tasks.list.query({ ...asked, ...(typeof pageParam === 'string' ? { cursor: pageParam } : {}) }),
  });
  // A task that moved to a later page while the first was shown must not stand in the list twice.
  const fetched = new Map(list.data?.pages.flatMap((page) => page.rows).map((row) => [row.id, row]));
  const rows = shownOrder([...fetched.values()], sort, Date.now());
  const last = list.data?.pages.at(-1);
  const more = (): void => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  const selected = search.task ?? rows[0]?.id ?? null;
  const task = useQuery(
    trpc.tasks.get.queryOptions(
      { id: selected ?? '' },
      { enabled: selected !== null, retry: (count, error) => count < 2 && describeError(error).transient },
    ),
  );
  const scroller = useRef<HTMLDivElement>(null);

  const go = useCallback(
    (change: InboxSearch, drop: (keyof InboxSearch)[] = [], replace = true) => {
      void navigate({
        to: '/inbox',
        replace,
        search: (before) => {
          const merged: InboxSearch = { ...(before as InboxSearch), ...change }; // this page's own search
          for (const name of drop) delete merged[name];
          return merged;
        },
      });
    },
    [navigate],
  );
  const onSearch = useCallback((text: string) => (text === '' ? go({}, ['text', 'task']) : go({ text }, ['task'])), [go]);

  const move = (step: number) => {
    const at = rows.findIndex((row) => row.id === selected);
    if (at + step >= rows.length - 1) more();
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next && next.id !== selected) go({ task: next.id });
  };
  useKeys({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1) });
  useEffect(() => {
    scroller.current?.querySelector(`[data-task="${CSS.escape(selected ?? '')}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const onDecided = () => {
    const at = rows.findIndex((row) => row.id === selected);
    const next = rows[at + 1] ?? (at > 0 ? rows[at - 1] : undefined) ?? rows.find((row) => row.id !== selected);
    if (next) go({ view, task: next.id });
    else go({ view }, ['task']);
  };

  const shown = last?.counts ?? counts;
  return (
    <>
      <TopBar>
        <h1>Inbox</h1>
        {shown ? (
          <span className="t3 num" style={{ marginLeft: 4 }} role="status">
            {shown.all} {shown.all === 1 ? 'task' : 'tasks'}
            {shown.overdue > 0 ? `, ${shown.overdue} overdue` : ''}
          </span>
        ) : null}
        <span className="grow" />
        <SearchField label="Search tasks" width={220} value={search.text ?? ''} onChange={onSearch} />
      </TopBar>
      <div className="ib3">
        <section className="ilist" aria-label="Tasks">
          <div className="bar">
            <Tabs<InboxView>
              label="Which tasks"
              height={44}
              panelId="inbox-list"
              value={view}
              onChange={(key) => go({ view: key }, ['task'])}
              items={[
                { key: 'mine', label: 'Mine', count: shown ? <span className="nb">{shown.mine}</span> : undefined },
                { key: 'available', label: 'Available', count: shown ? <span className="nb">{shown.available}</span> : undefined },
                { key: 'all', label: 'All' },
              ]}
            />
            <span className="grow" />
            <Menu width={140}>
              <Menu.Target>
                <Button
                  look="ghost"
                  size="sm"
                  icon={<IconArrowsSort className="ic" stroke={1.8} />}
                  aria-label={`Sorted by ${SORTS[sort].toLowerCase()}`}
                >
                  {SORTS[sort]}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {/* Object.keys widens the keys it returns. */}
                <Menu.RadioGroup value={sort} onChange={(key) => go({ sort: key as InboxSort })}>
                  {(Object.keys(SORTS) as InboxSort[]).map((key) => (
                    <Menu.RadioItem key={key} value={key} closeMenuOnClick>
                      {SORTS[key]}
                    </Menu.RadioItem>
                  ))}
                </Menu.RadioGroup>
              </Menu.Dropdown>
            </Menu>
          </div>
          <div
            className="scroll"
            id="inbox-list"
            role="tabpanel"
            aria-label="Task list"
            ref={scroller}
            tabIndex={-1}
            onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
              if (scrollHeight - scrollTop - clientHeight < 400) more();
            }}
          >
            {list.isPending ? <SkeletonRows rows={4} height={76} label="Loading tasks" /> : null}
            {list.isError && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
            {list.data && rows.length > 0 ? (
              <TaskList rows={rows} sort={sort} selected={selected} onSelect={(id) => go({ task: id })} />
            ) : null}
            {list.hasNextPage ? (
              <div className="more">
                <Button size="sm" busy={list.isFetchingNextPage} onClick={more}>
                  Show more
                </Button>
              </div>
            ) : null}
            {last && rows.length === 0 ? (
              <EmptyList
                view={view}
                searching={search.text !== undefined}
                available={last.counts.available}
                onAvailable={() => go({ view: 'available' }, ['task'])}
              />
            ) : null}
          </div>
          <div className="ihint s12 t3">
            <span className="row g4">
              <Kbd>j</Kbd>
              <Kbd>k</Kbd> Move
            </span>
            <span className="row g4">
              <Kbd>c</Kbd> Claim
            </span>
            <span className="row g4">
              <Kbd>Ctrl</Kbd>
              <Kbd>Enter</Kbd> Decide
            </span>
          </div>
        </section>
        {selected === null ? (
          <div className="page-center" style={{ gridColumn: 'span 2' }}>
            {list.isPending || list.isError ? null : (
              <EmptyState icon={<IconInbox className="ic" stroke={1.8} />} title="Nothing is open here">
                A task opens here as soon as a workflow asks a person.
              </EmptyState>
            )}
          </div>
        ) : task.data ? (
          <>
            <TaskPane key={task.data.id + task.data.status} task={task.data} onDecided={onDecided} />
            <TaskOverview task={task.data} />
          </>
        ) : task.isError ? (
          <div className="page-center" style={{ gridColumn: 'span 2' }}>
            <ErrorState error={task.error} {...(describeError(task.error).transient ? { onRetry: () => void task.refetch() } : {})} />
          </div>
        ) : (
          <div
            role="status"
            aria-label="Loading the task"
            style={{ gridColumn: 'span 2', padding: 24, display: 'grid', gap: 16, alignContent: 'start' }}
          >
            <Skeleton width={260} height={20} />
            <Skeleton height={160} />
            <Skeleton height={90} />
          </div>
        )}
      </div>
    </>
  );
}

function EmptyList({
  view,
  searching,
  available,
  onAvailable,
}: {
  view: InboxView;
  searching: boolean;
  available: number;
  onAvailable: () => void;
}) {
  if (searching) return <EmptyState title="No task matches">Search for a part of its title.</EmptyState>;
  if (view === 'mine' && available > 0)
    return (
      <EmptyState
        icon={<IconInbox className="ic" stroke={1.8} />}
        title="Nothing waits for you"
        actions={<Button onClick={onAvailable}>Show available</Button>}
      >
        {available === 1 ? '1 task is open. Claim it to work on it.' : `${available} tasks are open. Claim one to work on it.`}
      </EmptyState>
    );
  return (
    <EmptyState icon={<IconInbox className="ic" stroke={1.8} />} title={view === 'mine' ? 'Nothing waits for you' : 'No open tasks'}>
      New tasks appear here by themselves.
    </EmptyState>
  );
}
