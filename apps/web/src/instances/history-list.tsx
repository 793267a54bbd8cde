import { Menu } from '@mantine/core';
import { IconDownload, IconFilter } from '@tabler/icons-react';
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { EventType, HistoryEvent } from '@perdure/engine';
import type { NodeId } from '@perdure/graph';
import { formatClockMs, formatMoment } from '../components/moment.ts';
import { Skeleton } from '../components/skeleton.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { eventDetail, eventShape } from './history-words.ts';
import type { InstanceRun } from './instance-run.ts';
import { useRowWindow } from './use-row-window.ts';

const ROW = 22;
/** What only passes by, while somebody scrolls or steps through the history, is not fetched. */
const FETCHED_AFTER_MS = 100;

interface HistoryListProps {
  run: InstanceRun;
  instanceId: string;
  titleOf: (node: NodeId) => string;
  nameOf: (person: string) => string;
  onSelect: (seq: number) => void;
}

/** Everything that happened, newest first. Only the rows in sight are in the page; events that have not been loaded are when they come into it. */
export function HistoryList({ run, instanceId, titleOf, nameOf, onSelect }: HistoryListProps) {
  const [types, setTypes] = useState<ReadonlySet<EventType>>(new Set());
  const loaded = run.events.length;
  const filtered = useMemo(
    () => (types.size === 0 ? null : run.events.filter((event) => types.has(event.type)).map(({ seq }) => seq)),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `events` grows in place
    [run, loaded, types],
  );
  const count = filtered === null ? run.head : filtered.length;
  const seqOf = (index: number): number => (filtered === null ? run.head - index : (filtered[count - 1 - index] ?? 0));
  const indexOf = (seq: number): number => (filtered === null ? run.head - seq : count - 1 - filtered.indexOf(seq));
  const scroller = useRef<HTMLDivElement>(null);
  // The row of the moment shown stays in sight while one steps through the history.
  const { playhead, grown } = run;
  const rows = useRowWindow(scroller, { count, rowHeight: ROW, followed: playhead, indexOf });

  // What is in sight and not here is fetched, page by page.
  const missing = rows.indexes.map(seqOf).find((seq) => seq > 0 && run.event(seq) === undefined);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (missing === undefined) return;
    let gone = false;
    const timer = setTimeout(() => {
      run.states.load(missing).then(
        () => {
          if (!gone) redraw((before) => before + 1);
        },
        () => undefined, // the loading of the whole history tells of it
      );
    }, FETCHED_AFTER_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [run, missing]);

  const detailOf = useCallback(
    (event: HistoryEvent) => eventDetail(event, run.steps, titleOf, nameOf),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the fold changes in place; `grown` tells
    [run, grown, titleOf, nameOf],
  );

  const move = (step: number): void => {
    const at = indexOf(run.seq);
    const next = seqOf(Math.min(count - 1, Math.max(0, at + step)));
    if (next === 0) return;
    onSelect(next);
    rows.show(indexOf(next));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-seq="${next}"]`)?.focus());
  };

  return (
    <section className="hist" aria-label="History">
      <div className="panel-head">
        <h2>History</h2>
        <span className="t3 s12 num nowrap">
          {filtered === null ? '' : `${filtered.length.toLocaleString('en')} of `}
          {run.head.toLocaleString('en')} {run.head === 1 ? 'event' : 'events'}
          {filtered !== null && loaded < run.head ? `, ${loaded.toLocaleString('en')} loaded` : ''}
        </span>
        <span className="grow" />
        <TypeMenu run={run} loaded={loaded} types={types} onTypes={setTypes} />
        <a
          className="btn ghost sm icon"
          href={`/api/instances/${encodeURIComponent(instanceId)}/history.ndjson`}
          download
          aria-label="Download the history, one JSON event per line"
          title="Download the history, one JSON event per line"
        >
          <IconDownload className="ic" stroke={1.8} />
        </a>
      </div>
      {run.fault !== null && loaded < run.head ? (
        <p className="hist-fault s12" role="alert">
          Events after {loaded.toLocaleString('en')} could not be loaded. Load the page again to see them.
        </p>
      ) : null}
      <div
        className="hist-scroll"
        ref={scroller}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          move(step);
        }}
      >
        <div style={{ height: count * ROW, position: 'relative' }}>
          {rows.indexes.map((index) => {
            const seq = seqOf(index);
            return (
              <HistoryRow
                // A row that leaves the window becomes the one that comes into it, and keeps its elements. Counted from the oldest, which stays.
                key={(count - index) % rows.most}
                seq={seq}
                event={run.event(seq)}
                top={index * ROW}
                isAt={seq === run.seq}
                onSelect={onSelect}
                detailOf={detailOf}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

const HistoryRow = memo(function HistoryRow({
  seq,
  event,
  top,
  isAt,
  onSelect,
  detailOf,
}: {
  seq: number;
  event: HistoryEvent | undefined;
  top: number;
  isAt: boolean;
  onSelect: (seq: number) => void;
  detailOf: (event: HistoryEvent) => string;
}) {
  const shape = event ? eventShape(event) : null;
  const row = useRef<HTMLButtonElement>(null);
  // The focus was on the event, not on the place.
  useLayoutEffect(() => {
    const element = row.current;
    return () => {
      if (element === document.activeElement) element?.blur();
    };
  }, [seq]);
  return (
    <button
      ref={row}
      type="button"
      data-seq={seq}
      className={isAt ? 'plain hr on' : 'plain hr'}
      style={{ transform: `translateY(${top}px)` }}
      aria-pressed={isAt}
      title={event ? formatMoment(event.at) : undefined}
      onClick={() => onSelect(seq)}
    >
      <span className="num t3" style={{ minWidth: 26 }}>
        {seq}
      </span>
      {event ? (
        <>
          <span className="mono t3" style={{ width: 80 }}>
            {formatClockMs(event.at)}
          </span>
          <span style={{ width: 14 }}>{shape === null ? <i className="dotn" /> : <StatusIcon shape={shape} size={11} />}</span>
          <span className="b5 s12">{event.type}</span>
          <span className="t2 s12 ell grow">{detailOf(event)}</span>
        </>
      ) : (
        <Skeleton width="60%" />
      )}
    </button>
  );
});

const TypeMenu = memo(function TypeMenu({
  run,
  types,
  onTypes,
}: {
  run: InstanceRun;
  /** How many events there are to count: they grow in place. */
  loaded: number;
  types: ReadonlySet<EventType>;
  onTypes: (types: ReadonlySet<EventType>) => void;
}) {
  const [opened, setOpened] = useState(false);
  // Counted only while somebody looks.
  const present = opened ? countTypes(run.events) : [];
  return (
    <Menu closeOnItemClick={false} width={250} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <button type="button" className="plain tag line">
          <IconFilter className="ic" size={12} stroke={1.8} />
          {types.size === 0 ? 'All types' : types.size === 1 ? [...types][0] : `${types.size} types`}
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        <Menu.Item onClick={() => onTypes(new Set())} disabled={types.size === 0}>
          All types
        </Menu.Item>
        <Menu.Divider />
        {present.map(([type, count]) => (
          <Menu.CheckboxItem
            key={type}
            checked={types.has(type)}
            rightSection={<span className="t3 num s12">{count.toLocaleString('en')}</span>}
            onChange={() => {
              const next = new Set(types);
              if (!next.delete(type)) next.add(type);
              onTypes(next);
            }}
          >
            {type}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});

function countTypes(events: readonly HistoryEvent[]): [EventType, number][] {
  const counts = new Map<EventType, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}
