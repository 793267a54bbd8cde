import { useElementSize } from '@mantine/hooks';
import { useId, useState } from 'react';
import type { DashboardPoint } from '@perdure/server/contract';
import { durationWords } from '../components/duration-words.ts';

export type ChartKind = 'throughput' | 'duration';

/** Until it is measured. */
const FIRST_WIDTH = 780;
/** What a word below the axis takes. */
const LABEL = 52;
const LEFT = 58;
const RIGHT = 14;
const TOP = 10;
const PLOT = 156;
const BARS_TOP = TOP + PLOT + 18;
const BARS = 26;
const HEIGHT = BARS_TOP + BARS + 22;

/**
 * What happened over time: lines above, failures as bars below, one axis. The pointer or the arrow keys read a stretch; the numbers are
 * also in a table for those who do not see it. Drawn here: two lines and some bars are less than a chart library's chunk.
 */
export function TimeChart({ points, minutes, kind }: { points: readonly DashboardPoint[]; minutes: number; kind: ChartKind }) {
  const [at, setAt] = useState<number | null>(null);
  const { ref: box, width: measured } = useElementSize();
  const width = measured || FIRST_WIDTH;
  const title = useId();
  const step = (width - LEFT - RIGHT) / Math.max(1, points.length - 1);
  const x = (i: number) => LEFT + i * step;
  const upper = kind === 'throughput' ? points.map(({ started }) => started) : points.map(({ p95Ms }) => p95Ms);
  const lower = kind === 'throughput' ? points.map(({ completed }) => completed) : points.map(({ p50Ms }) => p50Ms);
  const top = niceTop(Math.max(1, ...upper.map((value) => value ?? 0), ...lower.map((value) => value ?? 0)), kind);
  const y = (value: number) => TOP + PLOT - (value / top) * PLOT;
  const mostFailed = Math.max(5, ...points.map(({ failed }) => failed));
  const ticks = apart(timeTicks(points, minutes), step);
  const chosen = at === null ? undefined : points[at];
  const name = kind === 'throughput' ? 'Instances started, completed and failed over time' : 'Duration of completed instances over time';
  const read = (offsetX: number) => setAt(Math.max(0, Math.min(points.length - 1, Math.round((offsetX - LEFT) / step))));
  return (
    <div className="time-chart" ref={box}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-labelledby={title}
        tabIndex={0}
        onPointerMove={(event) => read(event.clientX - event.currentTarget.getBoundingClientRect().left)}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          if (by === 0) return;
          event.preventDefault();
          setAt((now) => Math.max(0, Math.min(points.length - 1, (now ?? points.length - 1) + by)));
        }}
      >
        <title id={title}>{name}</title>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share}>
            <path className="grid" d={`M${LEFT} ${y(top * share)}H${width - RIGHT}`} />
            <text className="ax" x={LEFT - 8} y={y(top * share) + 4} textAnchor="end">
              {kind === 'throughput' ? (top * share).toLocaleString('en') : share === 0 ? '0' : durationWords(top * share)}
            </text>
          </g>
        ))}
        {kind === 'throughput' ? (
          <path
            d={`${linePath(lower, x, y)}L${x(points.length - 1)} ${TOP + PLOT}L${LEFT} ${TOP + PLOT}Z`}
            fill="var(--completed)"
            opacity="0.09"
          />
        ) : null}
        <path d={linePath(upper, x, y)} fill="none" stroke="var(--text-3)" strokeWidth="1.25" />
        <path
          d={linePath(lower, x, y)}
          fill="none"
          stroke={kind === 'throughput' ? 'var(--completed)' : 'var(--accent)'}
          strokeWidth="1.75"
        />
        {alone(upper).map((i) => (
          <circle key={i} cx={x(i)} cy={y(upper[i] ?? 0)} r="2" fill="var(--text-3)" />
        ))}
        {alone(lower).map((i) => (
          <circle key={i} cx={x(i)} cy={y(lower[i] ?? 0)} r="2.5" fill={kind === 'throughput' ? 'var(--completed)' : 'var(--accent)'} />
        ))}
        <path className="grid" d={`M${LEFT} ${BARS_TOP + BARS}H${width - RIGHT}`} />
        {[mostFailed, 0].map((value) => (
          <text key={value} className="ax" x={LEFT - 8} y={BARS_TOP + (value === 0 ? BARS : 6) + 4} textAnchor="end">
            {value.toLocaleString('en')}
          </text>
        ))}
        {points.map(({ at: moment, failed }, i) =>
          failed === 0 ? null : (
            <rect
              key={moment}
              x={x(i) - Math.max(1.5, step * 0.4)}
              y={BARS_TOP + BARS - Math.max(2, (failed / mostFailed) * BARS)}
              width={Math.max(3, step * 0.8)}
              height={Math.max(2, (failed / mostFailed) * BARS)}
              rx="1"
              fill="var(--failed)"
            />
          ),
        )}
        {ticks.map(({ i, label }) => (
          <text key={label} className="ax" x={x(i)} y={HEIGHT - 4} textAnchor="middle">
            {label}
          </text>
        ))}
        {at === null ? null : <path d={`M${x(at)} ${TOP}V${BARS_TOP + BARS}`} stroke="var(--text-3)" strokeDasharray="2 3" />}
      </svg>
      {chosen && at !== null ? (
        <div
          className="tip num"
          role="status"
          style={{ left: `${(x(at) / width) * 100}%` }}
          data-end={x(at) > width * 0.6 ? '' : undefined}
        >
          <div className="b6">{stretchWords(chosen.at, minutes)}</div>
          {(kind === 'throughput'
            ? [
                ['Started', chosen.started.toLocaleString('en')],
                ['Completed', chosen.completed.toLocaleString('en')],
              ]
            : [
                ['Median', chosen.p50Ms === null ? '–' : durationWords(chosen.p50Ms)],
                ['p95', chosen.p95Ms === null ? '–' : durationWords(chosen.p95Ms)],
              ]
          ).map(([label, value]) => (
            <div className="row" key={label}>
              <span className="grow t2">{label}</span>
              <b>{value}</b>
            </div>
          ))}
          <div className="row">
            <span className="grow" style={{ color: 'var(--failed)' }}>
              Failed
            </span>
            <b>{chosen.failed.toLocaleString('en')}</b>
          </div>
        </div>
      ) : null}
    </div>
  );
}

/** A line with gaps where nothing is known. */
function linePath(values: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let open = false;
  return values
    .map((value, i) => {
      if (value === null) {
        open = false;
        return '';
      }
      const piece = `${open ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      open = true;
      return piece;
    })
    .join('');
}

/** Points with nothing known on either side: a line does not show them. */
function alone(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, i) => (value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : []));
}

/** A round number at or above the greatest, that four lines divide well. */
function niceTop(most: number, kind: ChartKind): number {
  const size = 10 ** Math.floor(Math.log10(most / 4));
  const quarter = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((candidate) => candidate * 4 >= most) ?? most / 4;
  return (kind === 'throughput' ? Math.max(1, Math.ceil(quarter)) : quarter) * 4;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

function timeTicks(points: readonly DashboardPoint[], minutes: number): { i: number; label: string }[] {
  const everyHours = minutes === 1 ? 1 / 6 : minutes === 15 ? 2 : minutes === 60 ? 24 : 120;
  return points.flatMap(({ at }, i) => {
    const moment = new Date(at);
    const local = moment.getTime() - moment.getTimezoneOffset() * 60_000;
    const near = i > 0 && i < points.length - 1;
    return near && local % (everyHours * 3_600_000) === 0 ? [{ i, label: minutes >= 60 ? day.format(moment) : clock.format(moment) }] : [];
  });
}

/** As many of them as there is room for. */
function apart<Tick extends { i: number }>(ticks: readonly Tick[], step: number): Tick[] {
  const [first, second] = ticks;
  if (first === undefined || second === undefined) return [...ticks];
  const every = Math.ceil(LABEL / ((second.i - first.i) * step));
  return ticks.filter((_, n) => n % every === 0);
}

function stretchWords(at: string, minutes: number): string {
  const from = new Date(at);
  const to = new Date(from.getTime() + minutes * 60_000);
  return `${day.format(from)}, ${clock.format(from)} to ${clock.format(to)}`;
}
