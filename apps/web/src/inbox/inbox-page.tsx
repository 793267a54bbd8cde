import { Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowsSort, IconChecks, IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TaskCounts } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { isTyping } from '../components/is-typing.ts';
import { Kbd } from '../components/kbd.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Skeleton, SkeletonRows } from '../components/skeleton.tsx';
import { Tabs } from '../components/tabs.tsx';
import { toast } from '../components/toast.tsx';
import { useKeys } from '../components/use-keys.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { CompleteSeveralDialog } from './complete-several-dialog.tsx';
import { InboxFilters, SetFilters } from './inbox-filters.tsx';
import { InboxKeys } from './inbox-keys.tsx';
import { INBOX_FILTERS, type InboxSearch, type InboxSort, type InboxView } from './inbox-search.ts';
import { afterDecision, outcomeDone } from './outcome-words.ts';
import { TaskList } from './task-list.tsx';
import { TaskPane } from './task-pane.tsx';
import { TaskSide } from './task-side.tsx';
import { useInboxList } from './use-inbox-list.ts';
import { usePicked } from './use-picked.ts';
import './inbox.css';

const route = getRouteApi('/shell/inbox');
const SORTS: Record<InboxSort, string> = { due: 'Due', priority: 'Priority', followUp: 'Follow-up', created: 'Created' };
const COUNT_OF = { mine: 'mine', groups: 'available', all: 'all' } as const;

export function InboxPage() {
  useDocumentTitle('Inbox');
  const search = route.useSearch();
  const navigate = useNavigate();
  const isPhone = useMediaQuery('(width <= 720px)', false, { getInitialValueInEffect: false });
  const hasThreeColumns = useMediaQuery('(width >= 1280px)', true, { getInitialValueInEffect: false });
  const mayDecide = useMay('task.decide');
  const sort = search.sort ?? 'due';
  // Without a choice in the address: what is mine, or, while that is nothing, what I could take.
  const known = useQuery(trpc.tasks.counts.queryOptions());
  const view: InboxView = search.view ?? (known.data?.mine === 0 && known.data.available > 0 ? 'groups' : 'mine');
  const task = useQuery(
    trpc.tasks.get.queryOptions(
      { id: search.task ?? '' },
      { enabled: search.task !== undefined, retry: (count, error) => count < 2 && describeError(error).transient },
    ),
  );
  const scroller = useRef<HTMLDivElement>(null);
  const list = useInboxList(search, view, search.view !== undefined || !known.isPending, task.data, () => lastInSight(scroller.current));
  const { entries, rows } = list;
  const counts = list.counts ?? known.data;
  /** Decided or handed on here: the list may show them a moment longer, but they are not opened again by themselves. */
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  // On a phone the list is a page of its own: nothing is open until it is chosen.
  const first = isPhone || !list.isSettled ? undefined : rows.find(({ id }) => !left.has(id));
  const selected = search.task ?? first?.id ?? null;
  const [opensNext, setOpensNext] = useState<string | null>(null);
  const [dialog, setDialog] = useState<'keys' | 'several' | null>(null);
  const picked = usePicked(rows, view);

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
  const onFilter = useCallback((change: InboxSearch, drop: (keyof InboxSearch)[]) => go(change, [...drop, 'task']), [go]);
  // What was first in the list stays open when another one takes that place.
  const isImplied = search.task === undefined && selected !== null;
  useEffect(() => {
    if (isImplied && selected !== null) go({ task: selected, ...(search.view === undefined ? { view } : {}) });
  }, [isImplied, selected, go, search.view, view]);

  const at = rows.findIndex((row) => row.id === selected);
  const move = (step: number): string | null => {
    if (at + step >= rows.length - 1) list.more();
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next && next.id !== selected) go({ task: next.id });
    return next?.id ?? null;
  };
  /** The one below, else the one above: what the eye expects when a line goes. */
  const openNext = (): void => {
    const others = rows.map((row, place) => ({ row, place })).filter(({ row }) => row.id !== selected && !left.has(row.id));
    const next = (others.find(({ place }) => place > at) ?? others.at(-1))?.row;
    if (selected !== null) setLeft((before) => new Set([...before, selected]));
    setOpensNext(next?.id ?? null);
    if (next && !isPhone) go({ view, task: next.id });
    else go({ view }, ['task']);
  };
  const range = (step: number) => {
    if (selected !== null) picked.add(selected);
    const next = move(step);
    if (next !== null) picked.add(next);
  };
  useKeys({
    j: () => void move(1),
    k: () => void move(-1),
    ArrowDown: () => void move(1),
    ArrowUp: () => void move(-1),
    J: () => range(1),
    K: () => range(-1),
    x: () => {
      if (selected !== null) picked.toggle(selected);
    },
    '?': () => setDialog('keys'),
  });
  useEnterAndEscape(() => picked.clear());

  const remaining = view === 'closed' || counts === undefined ? 0 : counts[COUNT_OF[view]];
  const pane = search.task === undefined ? undefined : task.data;
  const isGone = task.isError && describeError(task.error).code === 'task.unknown';
  const several = picked.ids.size > 0 ? rows.filter((row) => picked.ids.has(row.id)) : rows;
  return (
    <>
      <TopBar>
        <h1>Inbox</h1>
        {counts && view !== 'closed' ? (
          <span className="t3 num top-count" role="status">
            {countWords(remaining)} {remaining === 1 ? 'task' : 'tasks'}
            {counts.overdue > 0 ? `, ${countWords(counts.overdue)} overdue` : ''}
          </span>
        ) : null}
        <span className="grow" />
        {isPhone && selected !== null ? null : (
          <>
            <Button
              look="ghost"
              className="wordy"
              title="Complete several…"
              icon={<IconChecks className="ic" stroke={1.8} />}
              refusal={
                mayDecide
                  ? view === 'closed'
                    ? 'These are closed'
                    : rows.length === 0
                      ? 'There are no tasks in this list'
                      : null
                  : 'Your role may not decide tasks'
              }
              onClick={() => setDialog('several')}
            >
              Complete several…
            </Button>
            <SearchField label="Search tasks" width={220} value={search.text ?? ''} onChange={onSearch} />
          </>
        )}
      </TopBar>
      <div className="ib3" data-page={isPhone ? (selected === null ? 'list' : 'task') : 'both'}>
        <section className="ilist" aria-label="Tasks">
          <div className="bar">
            <Tabs<InboxView>
              label="Which tasks"
              height={44}
              panelId="inbox-list"
              value={view}
              onChange={(key) => go({ view: key }, ['task'])}
              items={[
                { key: 'mine', label: 'Mine', count: counts ? <span className="nb">{countWords(counts.mine)}</span> : undefined },
                {
                  key: 'groups',
                  label: 'My groups',
                  count: counts ? <span className="nb">{countWords(counts.available)}</span> : undefined,
                },
                { key: 'all', label: 'All' },
                { key: 'closed', label: 'Closed' },
              ]}
            />
            <span className="grow" />
            <InboxFilters search={search} rows={rows} onChange={onFilter} />
            <Menu width={140}>
              <Menu.Target>
                <Button
                  look="ghost"
                  size="sm"
                  icon={<IconArrowsSort className="ic" stroke={1.8} />}
                  aria-label={`Sorted by ${SORTS[sort].toLowerCase()}`}
                  refusal={view === 'closed' ? 'Closed tasks stand newest first' : null}
                />
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>Sort by</Menu.Label>
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
          <SetFilters search={search} rows={rows} onChange={onFilter} />
          <div
            className="scroll"
            id="inbox-list"
            role="tabpanel"
            aria-label="Task list"
            ref={scroller}
            tabIndex={-1}
            onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
              if (scrollHeight - scrollTop - clientHeight < 800) list.more();
            }}
          >
            {list.isPending ? <SkeletonRows rows={4} height={76} label="Loading tasks" /> : null}
            {list.error ? <ErrorState error={list.error} onRetry={list.retry} /> : null}
            {rows.length > 0 ? (
              <TaskList
                entries={entries}
                selected={selected}
                picked={picked.ids}
                hasMore={list.hasMore}
                scroller={scroller}
                onSelect={(id) => go({ task: id, view }, [], !isPhone)}
                onPick={picked.toggle}
              />
            ) : null}
            {list.hasMore ? (
              <div className="more">
                <Button size="sm" busy={list.isFetchingMore} onClick={list.more}>
                  Show more
                </Button>
              </div>
            ) : null}
            {list.counts && rows.length === 0 ? (
              <EmptyList
                view={view}
                isFiltered={search.text !== undefined || INBOX_FILTERS.some((name) => search[name] !== undefined)}
                searchedMasked={list.searchedMasked}
                counts={list.counts}
                onShow={(key) => go({ view: key }, ['task', 'text', ...INBOX_FILTERS])}
              />
            ) : null}
          </div>
          {picked.ids.size > 0 ? (
            <div className="picked-bar" role="region" aria-label="Selected tasks">
              <span className="b5 num">{picked.ids.size} selected</span>
              <span className="grow" />
              <Button size="sm" look="ghost" onClick={picked.clear} keys={['Esc']}>
                Clear
              </Button>
              <Button
                size="sm"
                look="primary"
                refusal={mayDecide ? null : 'Your role may not decide tasks'}
                onClick={() => setDialog('several')}
              >
                Complete {picked.ids.size}…
              </Button>
            </div>
          ) : (
            <div className="ihint s12 t3">
              <span className="row g4">
                <Kbd>j</Kbd>
                <Kbd>k</Kbd> Move
              </span>
              <span className="row g4">
                <Kbd>c</Kbd> Claim
              </span>
              <span className="row g4">
                <Kbd>s</Kbd> Follow up
              </span>
              <button type="button" className="plain row g4" onClick={() => setDialog('keys')}>
                <Kbd>?</Kbd> All keys
              </button>
            </div>
          )}
        </section>
        {selected === null && list.isSettled ? (
          <div className="page-center none-open">
            <EmptyState icon={<IconInbox className="ic" stroke={1.8} />} title="Nothing is open here">
              A task opens here as soon as a workflow asks a person.
            </EmptyState>
          </div>
        ) : pane ? (
          <>
            <TaskPane
              key={pane.id}
              task={pane}
              isGone={isGone}
              aside={hasThreeColumns ? null : <TaskSide key={pane.id} task={pane} isGone={isGone} />}
              takesFocus={opensNext === pane.id}
              onBack={() => go({ view }, ['task'])}
              onLeft={openNext}
              onDecided={(decided, outcome, open) => {
                toast({
                  title: open
                    ? `${outcomeDone(outcome)}: your vote counts`
                    : afterDecision(outcomeDone(outcome), remaining - (at === -1 ? 0 : 1)),
                  detail: decided.title,
                });
                openNext();
              }}
            />
            {hasThreeColumns ? <TaskSide key={`${pane.id} side`} task={pane} isGone={isGone} /> : null}
          </>
        ) : list.error && selected === null ? null : task.isError ? (
          <div className="page-center none-open">
            <ErrorState
              error={task.error}
              {...(describeError(task.error).transient
                ? { onRetry: () => void task.refetch() }
                : { wayOut: <Button onClick={openNext}>{rows.length > 0 ? 'Next task' : 'Back to the list'}</Button> })}
            />
          </div>
        ) : (
          <div className="none-open loading" role="status" aria-label="Loading the task">
            <Skeleton width={260} height={20} />
            <Skeleton height={160} />
            <Skeleton height={90} />
          </div>
        )}
      </div>
      <InboxKeys opened={dialog === 'keys'} onClose={() => setDialog(null)} />
      {dialog === 'several' ? (
        <CompleteSeveralDialog
          rows={several}
          onClose={() => {
            setDialog(null);
            picked.clear();
          }}
        />
      ) : null}
    </>
  );
}

/** Lines are drawn as far as they are in sight, and a few more. */
function lastInSight(list: HTMLElement | null): number {
  return Math.max(0, ...[...(list?.querySelectorAll<HTMLElement>('.iline') ?? [])].map(({ dataset }) => Number(dataset['index'])));
}

/** Enter goes from the list into the form, Esc from the form back to the page's keys. Elsewhere both do what they always do. */
function useEnterAndEscape(onFreeEscape: () => void): void {
  const latest = useRef(onFreeEscape);
  useEffect(() => {
    latest.current = onFreeEscape;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (document.querySelector('[role="dialog"], [role="menu"]') !== null || !(event.target instanceof HTMLElement)) return;
      const { target } = event;
      if (event.key === 'Escape') {
        if (!isTyping(target)) return latest.current();
        if (target.closest('.task') === null || target.getAttribute('aria-expanded') === 'true') return;
        target.blur();
      } else if (event.key === 'Enter') {
        const isFree = target === document.body || target.id === 'main' || target.matches('[data-task], .thead h2');
        if (!isFree || isTyping(target)) return;
        const field = document.querySelector<HTMLElement>(
          '.decision :is(input, textarea, select):not([disabled], [readonly], [type="hidden"])',
        );
        (field ?? document.querySelector<HTMLElement>('.task .tbody'))?.focus();
        // A line of the list opens its task by itself.
        if (target.matches('[data-task]:not([aria-current])')) return;
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Counts are exact to 10,000. */
function countWords(count: number): string {
  return count > 10_000 ? '10,000+' : count.toLocaleString('en');
}

function EmptyList({
  view,
  isFiltered,
  searchedMasked,
  counts,
  onShow,
}: {
  view: InboxView;
  isFiltered: boolean;
  searchedMasked: number | null;
  counts: TaskCounts;
  onShow: (view: InboxView) => void;
}) {
  const icon = <IconInbox className="ic" stroke={1.8} />;
  if (isFiltered)
    return (
      <EmptyState icon={icon} title="No task matches" actions={<Button onClick={() => onShow(view)}>Show all of them</Button>}>
        Search for a part of its title, or take a filter away.
        {searchedMasked === null ? '' : ' What is masked for you is not searched.'}
      </EmptyState>
    );
  if (view === 'mine' && counts.available > 0)
    return (
      <EmptyState icon={icon} title="Nothing waits for you" actions={<Button onClick={() => onShow('groups')}>Show</Button>}>
        {counts.available === 1 ? '1 task of your groups is open.' : `${countWords(counts.available)} tasks of your groups are open.`}
      </EmptyState>
    );
  if (view === 'groups' && counts.mine > 0)
    return (
      <EmptyState icon={icon} title="Nothing is left to take" actions={<Button onClick={() => onShow('mine')}>Show</Button>}>
        {counts.mine === 1 ? '1 task is yours.' : `${countWords(counts.mine)} tasks are yours.`}
      </EmptyState>
    );
  const words = {
    mine: ['Nothing waits for you', 'New tasks appear here by themselves.'],
    groups: ['Nothing is left to take', 'New tasks of your groups appear here by themselves.'],
    all: ['No task is open', 'A task opens as soon as a workflow asks a person.'],
    closed: ['No task is closed yet', 'What was decided, or was not needed any more, stands here.'],
  } as const;
  return (
    <EmptyState icon={icon} title={words[view][0]}>
      {words[view][1]}
    </EmptyState>
  );
}
