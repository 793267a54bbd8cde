import { IconArrowUp, IconCheck, IconClock, IconClockPause } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { TaskRow } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';
import { formatDay, formatDue, useNow } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { holderWords } from './holder-words.ts';
import type { InboxEntry } from './inbox-entries.ts';
import { HIGH_PRIORITY } from './inbox-search.ts';

const GROUP_HEIGHT = 27;
const TASK_HEIGHT = 78;

/**
 * The tasks of a view. Only what is in sight is drawn. While the list is being read, what stands under the pointer, or is open, keeps its
 * place on the screen when tasks come and go above it.
 */
export function TaskList({
  entries,
  selected,
  picked,
  hasMore,
  scroller,
  onSelect,
  onPick,
}: {
  entries: readonly InboxEntry[];
  selected: string | null;
  picked: ReadonlySet<string>;
  /** The last group may be longer than it is known to be. */
  hasMore: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  onSelect: (id: string) => void;
  onPick: (id: string) => void;
}) {
  const now = useNow(30_000);
  const keys = entries.map((entry) => (entry.kind === 'group' ? `group ${entry.group}` : entry.row.id));
  const list = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (entries[at]?.kind === 'group' ? GROUP_HEIGHT : TASK_HEIGHT),
    getItemKey: (at) => keys[at] ?? at,
    overscan: 8,
  });
  const lastGroup = entries.findLastIndex((entry) => entry.kind === 'group');

  const pointed = useRef<string | null>(null);
  const tops = useRef(new Map<string, number>());
  const order = keys.join('\n');
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = tops.current;
    const after = topsOf(order);
    tops.current = after;
    if (!element || element.scrollTop === 0) return;
    const anchor = [pointed.current, selected].find((id): id is string => id !== null && before.has(id) && after.has(id));
    if (anchor !== undefined) element.scrollTop += (after.get(anchor) ?? 0) - (before.get(anchor) ?? 0);
  }, [order, scroller, selected]);

  const at = selected === null ? -1 : keys.indexOf(selected);
  const scrollTo = useRef(list.scrollToIndex);
  useLayoutEffect(() => {
    scrollTo.current = list.scrollToIndex;
  });
  const isInList = at !== -1;
  useLayoutEffect(() => {
    // The heading above the first task belongs to it.
    if (isInList) scrollTo.current(at === 1 ? 0 : at, { align: 'auto' });
    // Only when another one is opened: a list that changes leaves the scroll position to the anchor above.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [selected, isInList]);

  return (
    <div className="ilines" style={{ height: list.getTotalSize() }} onPointerLeave={() => (pointed.current = null)}>
      {list.getVirtualItems().map((item) => {
        const entry = entries[item.index];
        if (!entry) return null;
        return (
          <div
            key={item.key}
            className="iline"
            data-index={item.index}
            ref={list.measureElement}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {entry.kind === 'group' ? (
              <h2>
                {entry.group}
                <span className="num">
                  {entry.count}
                  {hasMore && item.index === lastGroup ? '+' : ''}
                </span>
              </h2>
            ) : (
              <TaskLine
                row={entry.row}
                now={now}
                isOpen={entry.row.id === selected}
                isPicked={picked.has(entry.row.id)}
                isPicking={picked.size > 0}
                onSelect={onSelect}
                onPick={onPick}
                onPoint={() => (pointed.current = entry.row.id)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Where each line begins, by the heights lines have as a rule: only differences count. */
function topsOf(order: string): Map<string, number> {
  let top = 0;
  return new Map(
    order.split('\n').map((key) => {
      const start = top;
      top += key.startsWith('group ') ? GROUP_HEIGHT : TASK_HEIGHT;
      return [key, start];
    }),
  );
}

function TaskLine({
  row,
  now,
  isOpen,
  isPicked,
  isPicking,
  onSelect,
  onPick,
  onPoint,
}: {
  row: TaskRow;
  now: number;
  isOpen: boolean;
  isPicked: boolean;
  isPicking: boolean;
  onSelect: (id: string) => void;
  onPick: (id: string) => void;
  onPoint: () => void;
}) {
  const me = useMe().data?.user.id;
  const { name, words } = holderWords(row, me, now);
  const hold = useHold(() => onPick(row.id));
  return (
    <button
      type="button"
      className={['plain it', isPicked ? 'picked' : '', row.status === 'open' ? '' : 'closed'].join(' ')}
      data-task={row.id}
      {...(isOpen ? { 'aria-current': 'true' as const } : {})}
      onPointerMove={onPoint}
      {...hold.on}
      onClick={(event) => {
        if (hold.took()) return;
        const isTouch = (event.nativeEvent as PointerEvent).pointerType === 'touch'; // a click is one, but in old browsers
        if (event.ctrlKey || event.metaKey || (isPicking && (event.shiftKey || isTouch))) onPick(row.id);
        else onSelect(row.id);
      }}
    >
      <span className="row g8">
        {isPicked ? (
          <span className="pick-mark">
            <IconCheck className="ic" size={11} stroke={2.6} />
            <span className="visually-hidden">Selected: </span>
          </span>
        ) : null}
        <span className="grow ell b6">{row.title}</span>
        <When row={row} now={now} />
      </span>
      <span className="s12 t2 ell excerpt">{row.excerpt === '' ? row.workflowTitle : row.excerpt}</span>
      <span className="row g6 s12 t3 whose">
        {name === null ? null : <Avatar name={name} size="xs" />}
        <span className="ell grow">{words}</span>
        {row.escalatedAt === null ? null : <span className="nb w">Escalated</span>}
        {row.priority >= HIGH_PRIORITY ? (
          <span className="row g4 t2 b5">
            <IconArrowUp className="ic" size={12} stroke={1.8} />
            High
          </span>
        ) : null}
      </span>
    </button>
  );
}

const HOLD_MS = 500;

/** A finger that rests on something: where there are no keys, it selects. The click that follows is not one. */
function useHold(onHold: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const held = useRef(false);
  const end = () => clearTimeout(timer.current);
  useEffect(() => {
    const last = timer;
    return () => clearTimeout(last.current);
  }, []);
  return {
    on: {
      onTouchStart: () => {
        held.current = false;
        end();
        timer.current = setTimeout(() => {
          held.current = true;
          onHold();
        }, HOLD_MS);
      },
      onTouchMove: end,
      onTouchEnd: end,
      onTouchCancel: end,
    },
    took: () => {
      const was = held.current;
      held.current = false;
      return was;
    },
  };
}

function When({ row, now }: { row: TaskRow; now: number }) {
  if (row.status !== 'open') return null;
  if (row.followUpAt !== null && Date.parse(row.followUpAt) > now) {
    return (
      <span className="due">
        <IconClockPause className="ic" size={12} stroke={1.8} />
        {formatDay(row.followUpAt, now)}
      </span>
    );
  }
  if (row.dueAt === null) return null;
  const late = Date.parse(row.dueAt) < now;
  return (
    <span className={late ? 'due over' : 'due'}>
      {late ? <StatusIcon shape="warning" size={11} /> : <IconClock className="ic" size={12} stroke={1.8} />}
      {formatDue(row.dueAt, now)}
    </span>
  );
}
