import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconPlayerTrackPrev } from '@tabler/icons-react';
import { memo, useCallback, useEffect, useMemo, useState, type PointerEvent } from 'react';
import type { HistoryStretch } from '@perdure/server/contract';
import { Button } from '../components/button.tsx';
import { formatClockMs } from '../components/moment.ts';
import { useKeys } from '../components/use-keys.ts';
import { isFailure, type InstanceRun } from './instance-run.ts';
import type { TimeScale } from './time-scale.ts';
import { useMomentOf } from './use-moment-of.ts';

const PLAY_EVERY_MS = 120;
/** However long the history is, playing it takes half a minute. */
const PLAY_FRAMES = 250;

interface ScrubberProps {
  run: InstanceRun;
  /** The run changes in place: this tells. */
  grown: number;
  outline: readonly HistoryStretch[];
  scale: TimeScale;
  width: number;
  /** Where the moment shown stands. */
  playheadX: () => number;
  onSeq: (seq: number | null) => void;
  onFailure: (direction: 1 | -1) => void;
}

/** The history on the timeline's axis, with a playhead to drag and keys to step by. */
export function Scrubber({ run, grown, outline, scale, width, playheadX, onSeq, onFailure }: ScrubberProps) {
  useMomentOf(run);
  const [playing, setPlaying] = useState(false);
  const { seq, head } = run;
  const go = useCallback((to: number) => onSeq(to >= run.head ? null : Math.max(1, to)), [run, onSeq]);
  const play = useCallback(() => {
    // Played from the end it begins again.
    if (!playing && run.playhead === null) onSeq(1);
    setPlaying(!playing);
  }, [playing, run, onSeq]);
  useEffect(() => {
    if (!playing) return;
    const step = Math.max(1, Math.ceil(run.head / PLAY_FRAMES));
    const timer = setInterval(() => {
      const next = run.seq + step;
      if (run.playhead === null || next >= run.head) setPlaying(false);
      onSeq(next >= run.head ? null : next);
    }, PLAY_EVERY_MS);
    return () => clearInterval(timer);
  }, [playing, run, onSeq]);

  const step = (by: number) => (event: KeyboardEvent) => {
    if (belongsElsewhere(event.target)) return;
    setPlaying(false);
    go(run.seq + by * (event.shiftKey ? 10 : 1));
  };
  useKeys({
    ArrowLeft: step(-1),
    ArrowRight: step(1),
    Home: (event) => {
      if (!belongsElsewhere(event.target)) go(1);
    },
    End: (event) => {
      if (!belongsElsewhere(event.target)) onSeq(null);
    },
    ' ': (event) => {
      if (!(event.target instanceof HTMLElement && event.target.closest('button, a, summary'))) play();
    },
    e: () => onFailure(1),
    E: () => onFailure(-1),
  });

  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the events grow in place; `grown` tells
  const marks = useMemo(() => marksOf(run, outline, scale, width), [run, grown, outline, scale, width]);
  const failures = marks.failures !== '';
  const event = run.event(seq);
  const x = playheadX();

  return (
    <div className="scrub">
      <div className="scrub-keys">
        <ScrubKeys {...{ run, playing, go, play, onFailure }} isFirst={seq <= 1} isLast={run.playhead === null} hasFailures={failures} />
        <span className="num s12 t2 b5 nowrap">
          {seq.toLocaleString('en')} <span className="t3 b4">of {head.toLocaleString('en')}</span>
        </span>
      </div>
      <div
        className="scrub-track"
        role="slider"
        tabIndex={0}
        aria-label="Moment of the history"
        aria-busy={!run.isLoaded && !run.isTooLong}
        aria-valuemin={1}
        aria-valuemax={head}
        aria-valuenow={seq}
        aria-valuetext={`Event ${seq} of ${head}${event ? `, ${event.type}, ${formatClockMs(event.at)}` : ''}`}
        onPointerDown={(down) => {
          if (down.button !== 0) return;
          down.currentTarget.setPointerCapture(down.pointerId);
          setPlaying(false);
          go(seqAt(run, outline, scale.moment(placeIn(down))));
        }}
        onPointerMove={(move) => {
          if (move.currentTarget.hasPointerCapture(move.pointerId)) go(seqAt(run, outline, scale.moment(placeIn(move))));
        }}
      >
        <i
          className="scrub-line"
          style={{ left: Math.max(0, scale.x(firstMoment(run, outline))), width: Math.max(0, Math.min(width, x)) }}
        />
        <Marks {...marks} width={width} />
        {x < -8 || x > width + 8 ? null : (
          <span className={run.playhead === null ? 'scrub-head' : 'scrub-head past'} style={{ transform: `translateX(${x}px)` }} />
        )}
      </div>
    </div>
  );
}

const Marks = memo(function Marks({ events, failures, width }: { events: string; failures: string; width: number }) {
  return (
    <svg width={width} height={40} aria-hidden="true">
      <path className="scrub-event" d={events} />
      <path className="scrub-failure" d={failures} />
    </svg>
  );
});

const ScrubKeys = memo(function ScrubKeys({
  run,
  playing,
  isFirst,
  isLast,
  hasFailures,
  go,
  play,
  onFailure,
}: {
  run: InstanceRun;
  playing: boolean;
  isFirst: boolean;
  isLast: boolean;
  hasFailures: boolean;
  go: (to: number) => void;
  play: () => void;
  onFailure: (direction: 1 | -1) => void;
}) {
  return (
    <>
      <Button
        look="ghost"
        size="sm"
        icon={<IconPlayerTrackPrev className="ic" stroke={1.8} />}
        aria-label="Event before (←)"
        refusal={isFirst ? 'This is the first event' : null}
        onClick={() => go(run.seq - 1)}
      />
      <Button
        look="ghost"
        size="sm"
        icon={playing ? <IconPlayerPause className="ic" stroke={1.8} /> : <IconPlayerPlay className="ic" stroke={1.8} />}
        aria-label={playing ? 'Pause (Space)' : 'Play (Space)'}
        onClick={play}
      />
      <Button
        look="ghost"
        size="sm"
        icon={<IconPlayerTrackNext className="ic" stroke={1.8} />}
        aria-label="Event after (→)"
        refusal={isLast ? 'This is the latest event' : null}
        onClick={() => go(run.seq + 1)}
      />
      <Button
        look="ghost"
        size="sm"
        icon={<IconAlertTriangle className="ic" stroke={1.8} />}
        aria-label="Next failure (E)"
        refusal={hasFailures ? null : 'Nothing failed so far'}
        onClick={() => onFailure(1)}
      />
    </>
  );
});

/** Fields, lists and panels that scroll keep their own keys. */
function belongsElsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('.step-panel, .facts, [role="tablist"], [role="radiogroup"]') !== null;
}

function placeIn(event: PointerEvent<HTMLElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}

function firstMoment(run: InstanceRun, outline: readonly HistoryStretch[]): number {
  return run.events[0]?.at ?? outline[0]?.firstAt ?? 0;
}

/** The last event that is not behind the moment. Between events not loaded yet: by their share of the stretch. */
function seqAt(run: InstanceRun, outline: readonly HistoryStretch[], moment: number): number {
  if (run.isLoaded || outline.length === 0) {
    let low = 0;
    let high = run.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((run.events[middle]?.at ?? 0) <= moment) low = middle + 1;
      else high = middle;
    }
    return Math.max(1, low);
  }
  const stretch = outline.findLast(({ firstAt }) => firstAt <= moment) ?? outline[0];
  if (!stretch) return 1;
  const share = Math.min(1, Math.max(0, (moment - stretch.firstAt) / Math.max(1, stretch.lastAt - stretch.firstAt)));
  return Math.round(stretch.firstSeq + share * (stretch.lastSeq - stretch.firstSeq));
}

/** Where the event `seq` stands in time, as far as that is known. */
export function momentOf(run: InstanceRun, outline: readonly HistoryStretch[], seq: number): number {
  const event = run.event(seq);
  if (event) return event.at;
  const stretch = outline.find(({ lastSeq }) => lastSeq >= seq) ?? outline.at(-1);
  if (!stretch) return run.events.at(-1)?.at ?? 0;
  const share = Math.min(1, (seq - stretch.firstSeq) / Math.max(1, stretch.lastSeq - stretch.firstSeq));
  return stretch.firstAt + share * (stretch.lastAt - stretch.firstAt);
}

/** One line per pixel in which something happened, as two paths: thousands of events cost no more than some hundred lines. */
function marksOf(
  run: InstanceRun,
  outline: readonly HistoryStretch[],
  scale: TimeScale,
  width: number,
): { events: string; failures: string } {
  const columns = new Uint8Array(Math.max(1, Math.ceil(width) + 1));
  const mark = (moment: number, failed: boolean): void => {
    const x = Math.round(scale.x(moment));
    if (x < 0 || x >= columns.length) return;
    columns[x] = Math.max(columns[x] ?? 0, failed ? 2 : 1);
  };
  for (const event of run.events) mark(event.at, isFailure(event));
  const loaded = run.events.length;
  for (const stretch of outline) {
    if (stretch.firstSeq <= loaded) continue;
    mark(stretch.firstAt, stretch.failures > 0);
    mark(stretch.lastAt, false);
  }
  let events = '';
  let failures = '';
  for (let x = 0; x < columns.length; x += 1) {
    if (columns[x] === 1) events += `M${x + 0.5} 15v10`;
    else if (columns[x] === 2) failures += `M${x + 0.5} 13v14`;
  }
  return { events, failures };
}
