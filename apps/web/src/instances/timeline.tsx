import { Portal } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconFold, IconMinus, IconPlus } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent } from 'react';
import { formatDuration, standardCatalogue, type NodeId, type WorkflowDocument } from '@perdure/graph';
import type { HistoryStretch } from '@perdure/server/contract';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { formatClockMs, formatMoment, useNow } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { frameWords, type StepRecord } from './fold-steps.ts';
import type { InstanceRun } from './instance-run.ts';
import { momentOf, Scrubber } from './scrubber.tsx';
import { panTo, timeScale, timeShape, zoomAt, type TimeScale, type TimeView } from './time-scale.ts';
import { timelineBars, type Bar } from './timeline-bars.ts';
import { timelineMoments, timelineRows, type TimelineRow } from './timeline-rows.ts';
import { useAtMost } from './use-at-most.ts';
import { useMomentOf } from './use-moment-of.ts';

const ROW = 20;
/** Pixels for `attempt 3` behind a bar. */
const WORDS_NEED = 64;
/** With more steps than these the axis of a running instance is made anew at most once a second, not with every event. */
const MANY_STEPS = 2_000;
const WHOLE: TimeView = { zoom: 1, pan: 0 };

interface TimelineProps {
  document: WorkflowDocument;
  run: InstanceRun;
  /** The run changes in place: this tells. */
  grown: number;
  outline: readonly HistoryStretch[];
  live: boolean;
  endedAt: number | null;
  selected: NodeId | null;
  onSelect: (node: NodeId, step: StepRecord | null) => void;
  onSeq: (seq: number | null) => void;
  onFailure: (direction: 1 | -1) => void;
}

/** Gantt: one row per node that was reached, in order; attempts as bars, waits as thin lines, long idle time folded. The scrubber shares its axis. */
export const Timeline = memo(function Timeline({
  document,
  run,
  outline,
  live,
  endedAt,
  selected,
  onSelect,
  onSeq,
  onFailure,
  grown,
}: TimelineProps) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(200, measured);
  const tick = useNow(1_000);
  const { steps } = run;
  const [view, setView] = useState(WHOLE);
  const last = run.events.at(-1)?.at ?? 0;
  // The axis grows when that can be seen: while a second is less than half a pixel of it, not every second.
  const first = run.events[0]?.at ?? outline[0]?.firstAt ?? tick;
  const [grain, setGrain] = useState(1_000);
  const wanted = Math.max(1_000, (tick - first) / (2 * width * view.zoom));
  if (wanted > grain * 2 || wanted < grain / 2) setGrain(wanted);
  const now = live ? Math.max(Math.floor(tick / grain) * grain, last) : (steps.finishedAt ?? endedAt ?? tick);
  const [toggled, setToggled] = useState<ReadonlySet<NodeId>>(new Set());
  const [hover, setHover] = useState<{ row: TimelineRow; bar: Bar; x: number; y: number } | null>(null);

  const seldom = useAtMost(tick, steps.revision);
  const moved = steps.steps.size > MANY_STEPS && live ? seldom : steps.revision;
  const shape = useMemo(() => {
    if (!run.isLoaded && outline.length > 0) {
      // One stretch does not tell where in it nothing happened.
      const busy = outline.length === 1 ? outline.map(({ firstAt, lastAt }) => ({ from: firstAt, to: lastAt })) : [];
      return timeShape([...outline.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]), now], busy);
    }
    const { moments, busy } = timelineMoments(steps, now);
    return timeShape(moments, busy);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the fold changes in place; `moved` tells
  }, [steps, moved, now, outline, run.isLoaded]);
  const scale = useMemo(() => timeScale(shape, width, view), [shape, width, view]);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
  const rows = useMemo(() => timelineRows(document, steps, toggled), [document, steps, moved, toggled]);
  const playheadX = (): number =>
    scale.x(run.playhead === null ? (live ? now : momentOf(run, outline, run.head)) : momentOf(run, outline, run.playhead));
  const onToggle = useCallback(
    (node: NodeId) =>
      setToggled((before) => {
        const next = new Set(before);
        if (!next.delete(node)) next.add(node);
        return next;
      }),
    [],
  );

  const section = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8 });
  useWheel(section, ref, width, setView);

  return (
    <section
      className="tline"
      aria-label="Timeline"
      ref={section}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const zoom = { '+': 1.6, '=': 1.6, '-': 1 / 1.6 }[event.key];
        if (zoom !== undefined) setView((before) => zoomAt(before, zoom, Math.min(width, Math.max(0, playheadX())), width));
        else if (event.key === '0') setView(WHOLE);
        else return;
        event.preventDefault();
      }}
    >
      <Scrubber {...{ run, grown, outline, scale, width, playheadX, onSeq, onFailure }} />
      <div className="axis">
        <span className="row">
          {scale.folds.length > 0 || shape.folds.length > 0 ? (
            <>
              <IconFold className="ic" size={13} stroke={1.8} />
              <span className="grow">Idle time folded</span>
            </>
          ) : (
            <span className="grow num">{formatDuration(Math.max(0, shape.last - shape.first))}</span>
          )}
          <button
            type="button"
            className="plain tl-zoom"
            aria-label="Zoom the timeline out"
            disabled={view.zoom === 1}
            onClick={() => setView((before) => zoomAt(before, 1 / 1.6, width / 2, width))}
          >
            <IconMinus size={12} stroke={2} />
          </button>
          <button
            type="button"
            className="plain tl-zoom"
            aria-label="Zoom the timeline in"
            onClick={() => setView((before) => zoomAt(before, 1.6, Math.min(width, Math.max(0, playheadX())), width))}
          >
            <IconPlus size={12} stroke={2} />
          </button>
        </span>
        <Axis innerRef={ref} {...{ scale, view, setView, width }} />
      </div>
      <div className="tl-scroll" ref={scroller} onMouseLeave={() => setHover(null)} onScroll={() => setHover(null)}>
        <div style={{ position: 'relative', height: shown.getTotalSize(), minHeight: '100%' }}>
          <div className="gbody" aria-hidden="true">
            {scale.folds.map((fold) => (
              <div key={fold.from} className="fold" style={{ left: fold.x }} />
            ))}
            {scale.ticks.slice(1).map((mark) => (
              <i key={mark.at} className="gl" style={{ left: mark.x }} />
            ))}
          </div>
          {shown.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <Row
                key={row.node.id}
                {...{ row, scale, width, now }}
                top={item.start}
                isSelected={row.node.id === selected}
                onToggle={onToggle}
                onSelect={onSelect}
                onHover={setHover}
              />
            ) : null;
          })}
        </div>
      </div>
      <div className="tl-over" aria-hidden="true">
        <Playhead {...{ run, outline, width, playheadX, live }} />
      </div>
      {hover === null ? null : (
        <Portal>
          <HoverCard {...hover} now={now} />
        </Portal>
      )}
    </section>
  );
});

/** Over the bars: where the moment shown stands, and what comes later. */
function Playhead({
  run,
  outline,
  width,
  playheadX,
  live,
}: {
  run: InstanceRun;
  outline: readonly HistoryStretch[];
  width: number;
  playheadX: () => number;
  live: boolean;
}) {
  useMomentOf(run);
  const x = playheadX();
  if (x < 0 || x > width) return null;
  return (
    <>
      {run.playhead === null ? null : <div className="tl-later" style={{ left: x }} />}
      <div className={run.playhead === null ? 'now' : 'now past'} style={{ transform: `translateX(${x}px)` }}>
        <span>{run.playhead === null ? (live ? 'Live' : 'End') : formatClockMs(momentOf(run, outline, run.playhead)).slice(0, 8)}</span>
      </div>
    </>
  );
}

function Axis({
  innerRef,
  scale,
  view,
  setView,
  width,
}: {
  innerRef: ReturnType<typeof useElementSize>['ref'];
  scale: TimeScale;
  view: TimeView;
  setView: (view: TimeView) => void;
  width: number;
}) {
  const grabbed = useRef<{ x: number; pan: number } | null>(null);
  return (
    <div
      className={view.zoom > 1 ? 'ax pans' : 'ax'}
      ref={innerRef}
      aria-hidden="true"
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        if (view.zoom === 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        grabbed.current = { x: event.clientX, pan: view.pan };
      }}
      onPointerMove={(event) => {
        if (grabbed.current) setView(panTo({ zoom: view.zoom, pan: grabbed.current.pan - (event.clientX - grabbed.current.x) }, width));
      }}
      onPointerUp={() => (grabbed.current = null)}
      onDoubleClick={() => setView(WHOLE)}
    >
      {scale.ticks.map((mark, at) => (
        <span key={mark.at} style={{ left: mark.x }}>
          {tickWords(mark.at, scale.ticks[at - 1]?.at)}
        </span>
      ))}
      {scale.folds.map((fold) => (
        <span key={fold.from} className="fl" style={{ left: fold.x }}>
          {formatDuration(fold.to - fold.from)}
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  row: TimelineRow;
  scale: TimeScale;
  width: number;
  now: number;
  top: number;
  isSelected: boolean;
  onToggle: (node: NodeId) => void;
  onSelect: (node: NodeId, step: StepRecord | null) => void;
  onHover: (hover: { row: TimelineRow; bar: Bar; x: number; y: number } | null) => void;
}

const Row = memo(function Row({ row, scale, width, now, top, isSelected, onToggle, onSelect, onHover }: RowProps) {
  const { node, visits, depth } = row;
  const last = visits.at(-1);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- visits grow and change in place: their number and the last one's end tell
  const bars = useMemo(() => timelineBars(visits, scale, width, now), [visits, visits.length, last?.closedAt, scale, width, now]);
  const barAt = (event: MouseEvent): Bar | undefined => {
    const track = event.currentTarget.querySelector('.gt')?.getBoundingClientRect();
    if (!track || event.clientX < track.left - 4) return undefined;
    const x = event.clientX - track.left;
    return bars.findLast((bar) => x >= bar.x - 3 && x <= bar.x + bar.width + 3);
  };
  const only = visits.length === 1 ? last : undefined;
  const end = only ? scale.x(only.closedAt ?? now) : 0;
  const words =
    only === undefined || only.closedAt === null || end < 0 || end > width - WORDS_NEED
      ? null
      : only.itemCount !== null
        ? `${only.itemCount.toLocaleString('en')} items`
        : only.child === null && only.attempts.length > 1
          ? `attempt ${only.attempts.length}`
          : null;
  return (
    <div className="grow-line" style={{ transform: `translateY(${top}px)` }}>
      {row.opens ? (
        <button
          type="button"
          className="plain grow-fold"
          style={{ left: 2 + depth * 14 }}
          aria-expanded={row.isOpen}
          aria-label={`Steps inside ${node.title}`}
          onClick={() => onToggle(node.id)}
        >
          {row.isOpen ? <IconChevronDown size={11} stroke={2} /> : <IconChevronRight size={11} stroke={2} />}
        </button>
      ) : null}
      <button
        type="button"
        className={isSelected ? 'plain grow-r on' : 'plain grow-r'}
        aria-pressed={isSelected}
        onClick={(event) => onSelect(node.id, barAt(event)?.step ?? null)}
        onMouseMove={(event) => {
          const bar = barAt(event);
          onHover(bar ? { row, bar, x: event.clientX, y: event.currentTarget.getBoundingClientRect().top } : null);
        }}
      >
        <span className="gl-l" style={{ paddingLeft: 16 + depth * 14 }}>
          <NodeIcon name={standardCatalogue.get(node.type)?.icon} size={13} />
          <span className="ell">{node.title}</span>
          {visits.length > 1 ? <span className="t3 num">×{visits.length.toLocaleString('en')}</span> : null}
          <span className="visually-hidden">
            {last ? `, ${last.status}, ${formatDuration(Math.max(0, (last.closedAt ?? now) - last.openedAt))}` : ''}
          </span>
        </span>
        <span className="gt" aria-hidden="true">
          {bars.map((bar, at) =>
            bar.look === 'mark' ? (
              // Bars have no identity but their place.
              <i key={at} className="mk" style={{ left: bar.x }}>
                <StatusIcon
                  shape={bar.step.status === 'canceled' ? 'canceled' : bar.step.status === 'failed' ? 'failed' : 'completed'}
                  size={12}
                />
              </i>
            ) : (
              <i key={at} className={`bar ${BAR_CLASS[bar.look]}`} style={{ left: bar.x, width: bar.width }} />
            ),
          )}
          {words === null ? null : (
            <span className="tl" style={{ left: end + 6 }}>
              {words}
            </span>
          )}
        </span>
      </button>
    </div>
  );
});

const BAR_CLASS = { ok: 'ok', fail: 'fail', run: 'run', off: 'off', wait: 'wt', soon: 'wt soon' } as const;

/** What is under the pointer: one visit, or how many share the place. */
function HoverCard({ row, bar, x, y, now }: { row: TimelineRow; bar: Bar; x: number; y: number; now: number }) {
  const { step, steps } = bar;
  const failed = step.attempts.findLast((attempt) => attempt.failure !== null)?.failure ?? step.failure;
  const left = Math.min(x + 12, window.innerWidth - 272);
  return (
    <div className="tl-card" style={{ left, bottom: window.innerHeight - y + 6 }} aria-hidden="true">
      <div className="row g6 b6">
        <StatusIcon shape={step.status} size={12} />
        <span className="ell">{row.node.title}</span>
        {frameWords(step.frame) === '' ? null : <span className="t3 b4">{frameWords(step.frame)}</span>}
      </div>
      {steps > 1 ? <div className="t2">{steps.toLocaleString('en')} visits share this place. The first:</div> : null}
      <div className="num t2">
        {formatMoment(step.openedAt)}, {formatClockMs(step.openedAt)}
      </div>
      <div className="num t2">
        {formatDuration(Math.max(0, (step.closedAt ?? now) - step.openedAt))}
        {step.closedAt === null ? ' so far' : ''}
        {step.attempts.length > 1 ? `, ${step.attempts.length} attempts` : ''}
      </div>
      {failed ? <div className="tl-card-failure">{failed.message}</div> : null}
    </div>
  );
}

/** Ctrl and the wheel zooms, a wheel to the side pans. React listens passively, which cannot keep the page from zooming. */
function useWheel(
  section: React.RefObject<HTMLElement | null>,
  axis: ReturnType<typeof useElementSize>['ref'],
  width: number,
  setView: (change: (before: TimeView) => TimeView) => void,
): void {
  useEffect(() => {
    const element = section.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      const left = element.querySelector('.ax')?.getBoundingClientRect().left ?? 0;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        setView((before) => zoomAt(before, Math.exp(-event.deltaY / 200), event.clientX - left, width));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        event.preventDefault();
        setView((before) => panTo({ zoom: before.zoom, pan: before.pan + (event.deltaX || event.deltaY) }, width));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [section, axis, width, setView]);
}

/** The day only where it changes, then the shortest that still tells. */
function tickWords(at: number, before: number | undefined): string {
  const seconds = `:${String(new Date(at).getSeconds()).padStart(2, '0')}`;
  const fraction = Math.round(at) % 1_000 === 0 ? '' : `.${String(Math.round(at) % 1_000).padStart(3, '0')}`;
  if (before === undefined) return formatMoment(at) + seconds;
  if (Math.floor(at / 60_000) === Math.floor(before / 60_000)) return seconds + fraction;
  const sameDay = new Date(at).toDateString() === new Date(before).toDateString();
  const words = formatMoment(at);
  return sameDay ? words.slice(-5) + (at % 60_000 === 0 ? '' : seconds) : words;
}
