import { IconFold } from '@tabler/icons-react';
import { useElementSize } from '@mantine/hooks';
import { formatDuration, standardCatalogue, type NodeId, type WorkflowDocument } from '@perdure/graph';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { formatMoment, useNow } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import type { StepFold, StepRecord } from './fold-steps.ts';
import { timeScale, type Span, type TimeScale } from './time-scale.ts';

/** Bars drawn per node: a for each of thousands of items stays one readable row. */
const MOST_STEPS_DRAWN = 400;
/** Pixels for `attempt 3` behind a bar, less the margin at the edge. */
const WORDS_NEED = 30;

interface TimelineProps {
  document: WorkflowDocument;
  steps: StepFold;
  live: boolean;
  selected: NodeId | null;
  onSelect: (node: NodeId) => void;
}

/** Gantt: one row per node that was reached, in order; attempts as bars, waits as thin lines, long idle time folded. */
export function Timeline({ document, steps, live, selected, onSelect }: TimelineProps) {
  const { ref, width } = useElementSize();
  const tick = useNow(1_000);
  const now = live ? tick : (steps.finishedAt ?? tick);
  const rows = [...steps.byNode].filter(([id]) => document.nodes.some((node) => node.id === id));
  const scale = scaleOf(rows, now, Math.max(200, width));

  return (
    <section className="tline" aria-label="Timeline">
      <div className="panel-head" style={{ paddingRight: 16 }}>
        <h2>Timeline</h2>
        {steps.startedAt === null ? null : <span className="t3 s12 num">{formatDuration(Math.max(0, now - steps.startedAt))}</span>}
      </div>
      <div className="axis">
        <span className="row g6">
          {scale.folds.length > 0 ? (
            <>
              <IconFold className="ic" size={13} stroke={1.8} />
              <span>Idle time folded</span>
            </>
          ) : null}
        </span>
        <div className="ax" ref={ref} aria-hidden="true">
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
          {live ? (
            <span className="now-mark" style={{ left: scale.x(now) }}>
              Live
            </span>
          ) : null}
        </div>
      </div>
      <div className="tl-scroll">
        <div style={{ position: 'relative', minHeight: '100%' }}>
          <div className="gbody">
            {scale.folds.map((fold) => (
              <div key={fold.from} className="fold" style={{ left: fold.x }} />
            ))}
            {scale.ticks.slice(1).map((mark) => (
              <i key={mark.at} className="gl" style={{ left: mark.x }} />
            ))}
            {live ? <div className="now" style={{ left: scale.x(now) }} /> : null}
          </div>
          {rows.map(([id, records]) => {
            const node = document.nodes.find((one) => one.id === id);
            return (
              <button
                key={id}
                type="button"
                className={id === selected ? 'plain grow-r on' : 'plain grow-r'}
                aria-pressed={id === selected}
                onClick={() => onSelect(id)}
              >
                <span className="gl-l">
                  <NodeIcon name={standardCatalogue.get(node?.type ?? '')?.icon} size={13} />
                  <span className="ell">{node?.title ?? id}</span>
                  {records.length > 1 ? <span className="t3 num">×{records.length}</span> : null}
                  <span className="visually-hidden">{rowWords(records, now)}</span>
                </span>
                <span className="gt" aria-hidden="true">
                  {records.slice(-MOST_STEPS_DRAWN).map((step) => (
                    <StepBars
                      key={step.key}
                      step={step}
                      isOnly={records.length === 1}
                      now={now}
                      x={scale.x}
                      room={Math.max(200, width) - scale.x(step.closedAt ?? now)}
                    />
                  ))}
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function scaleOf(rows: [NodeId, StepRecord[]][], now: number, width: number): TimeScale {
  const moments: number[] = [now];
  const busy: Span[] = [];
  for (const [, records] of rows) {
    for (const step of records) {
      moments.push(step.openedAt);
      if (step.closedAt !== null) moments.push(step.closedAt);
      for (const attempt of step.attempts) {
        moments.push(attempt.startedAt, attempt.endedAt ?? now);
        // A sub-workflow's attempt is a wait for somebody else's work.
        if (step.child === null) busy.push({ from: attempt.startedAt, to: attempt.endedAt ?? now });
      }
      for (const wait of step.waits) moments.push(wait.from, ...(wait.to === null ? [] : [wait.to]));
    }
  }
  return timeScale(moments, mergeSpans(busy), width);
}

/** `room`: pixels from the step's end to the edge, for the words behind it; beside other visits of the node there is none. */
function StepBars({
  step,
  isOnly,
  now,
  x,
  room,
}: {
  step: StepRecord;
  isOnly: boolean;
  now: number;
  x: (moment: number) => number;
  room: number;
}) {
  const bar = (key: string, from: number, to: number, look: string) => (
    <i key={key} className={`bar ${look}`} style={{ left: x(from), width: Math.max(0, x(to) - x(from)) }} />
  );
  const waits = step.waits.map((wait) =>
    bar(`w${wait.from}`, wait.from, wait.to ?? now, wait.to === null && wait.until !== null ? 'wt soon' : 'wt'),
  );
  const end = step.closedAt ?? now;
  if (step.child === null && step.attempts.length > 0) {
    const last = step.attempts.at(-1);
    return (
      <>
        {waits}
        {step.attempts.map((attempt) =>
          bar(
            `a${attempt.number}`,
            attempt.startedAt,
            attempt.endedAt ?? now,
            { completed: 'ok', failed: 'fail', running: 'run', canceled: 'off', held: 'off' }[attempt.outcome],
          ),
        )}
        {isOnly && step.attempts.length > 1 && last && step.closedAt !== null && room > WORDS_NEED ? (
          <span className="tl" style={{ left: x(end) + 6 }}>
            attempt {last.number}
          </span>
        ) : null}
      </>
    );
  }
  if (step.waits.length > 0) {
    return (
      <>
        {waits}
        {step.closedAt === null || step.waits[0]?.kind === 'join' ? null : (
          <i className="mk" style={{ left: x(step.closedAt) }}>
            <StatusIcon shape={step.status === 'canceled' ? 'canceled' : step.status === 'failed' ? 'failed' : 'completed'} size={12} />
          </i>
        )}
      </>
    );
  }
  const look = step.status === 'failed' ? 'fail' : step.status === 'canceled' ? 'off' : step.closedAt === null ? 'run' : 'ok';
  return (
    <>
      {bar('s', step.openedAt, end, look)}
      {isOnly && step.itemCount !== null && step.closedAt !== null && room > WORDS_NEED ? (
        <span className="tl" style={{ left: x(end) + 6 }}>
          {step.itemCount} items
        </span>
      ) : null}
    </>
  );
}

/** The day only where it changes, then the shortest that still tells. */
function tickWords(at: number, before: number | undefined): string {
  const seconds = `:${String(new Date(at).getSeconds()).padStart(2, '0')}`;
  if (before === undefined) return formatMoment(at) + seconds;
  const sameMinute = Math.floor(at / 60_000) === Math.floor(before / 60_000);
  const fraction = at % 1_000 === 0 ? '' : `.${String(Math.round(at) % 1_000).padStart(3, '0')}`;
  if (sameMinute) return seconds + fraction;
  const sameDay = new Date(at).toDateString() === new Date(before).toDateString();
  const words = formatMoment(at);
  return sameDay ? words.slice(-5) + (at % 60_000 === 0 ? '' : seconds) : words;
}

/** The last visit in words, for those who do not see the bars. */
function rowWords(records: StepRecord[], now: number): string {
  const last = records.at(-1);
  return last ? `, ${last.status}, ${formatDuration(Math.max(0, (last.closedAt ?? now) - last.openedAt))}` : '';
}

function mergeSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}
