import type { Json } from '@perdure/graph';
import type { StepKey } from './ids.ts';
import { indexState } from './index-state.ts';
import type { Fallen, Frame, InstanceState, JoinState, OpenStep } from './state.ts';

/*
 * A checkpoint: the state as plain JSON, without what can be told from the rest (a frame's open steps, a container's passes, who waits for
 * which event, how many activities run). Maps become lists of pairs, which keep their order and cannot clash with `__proto__`.
 *
 * Steps and frames are written in the order they were opened; the indexes are rebuilt in that order, so that a decoded state gives the
 * same next events as the one that was encoded. [V4]
 */

const FORMAT = 1;

type Pairs<K, V> = [K, V][];
/** Only arrays and objects the state may still change are copied; values inside events are never changed. */
type EncodedStep = { [K in OpenStep['kind']]: Omit<OpenStep & { kind: K }, 'passes'> }[OpenStep['kind']];

interface EncodedFrame extends Omit<Frame, 'open' | 'visits' | 'outputs' | 'joins' | 'failures'> {
  visits?: Pairs<string, number>;
  outputs?: Pairs<string, Json>;
  joins?: Pairs<string, EncodedJoin>;
  failures?: Pairs<string, unknown>;
}

interface EncodedJoin {
  arrived: Pairs<string, number>;
  fired: number;
  caught?: Pairs<number, StepKey>;
  /** Of the next pass; written in place of `caught` once. */
  caughtFrom?: StepKey;
}

interface EncodedState extends Omit<
  InstanceState,
  'frames' | 'steps' | 'timers' | 'buffered' | 'eventWaits' | 'runningActivities' | 'quarantined' | 'fallen'
> {
  format: typeof FORMAT;
  frames: EncodedFrame[];
  steps: EncodedStep[];
  timers: Pairs<string, unknown>;
  buffered: Pairs<string, { raised: number; data: Json }[]>;
  /** Absent in checkpoints written before there was a quarantine, and when nothing is held. */
  quarantined?: Pairs<string, number>;
  /** Absent when nothing is failing. */
  fallen?: EncodedFallen;
}

interface EncodedFallen extends Omit<Fallen, 'steps' | 'frames'> {
  steps: { step: EncodedStep; claims?: number }[];
  frames: { frame: EncodedFrame; ended: boolean; before?: Json }[];
}

export function encodeState(state: InstanceState): Json {
  const { frames, steps, timers, buffered, eventWaits: _waits, runningActivities: _running, quarantined, fallen, ...plain } = state;
  const encoded: EncodedState = {
    format: FORMAT,
    ...plain,
    deferred: [...plain.deferred],
    frames: Array.from(frames.values(), encodeFrame),
    steps: Array.from(steps.values(), encodeStep),
    timers: Array.from(timers),
    buffered: Array.from(buffered, ([name, queue]) => [name, [...queue]]),
  };
  if (quarantined.size > 0) encoded.quarantined = Array.from(quarantined);
  if (fallen) encoded.fallen = encodeFallen(fallen);
  // Every field of it is text, a number, a list, an object or null.
  return encoded as unknown as Json;
}

/** Throws when the text is not a checkpoint of a known format: the history is the truth and can be folded instead. */
export function decodeState(json: Json): InstanceState {
  // Written by encodeState and kept where only the runtime writes.
  const encoded = json as unknown as EncodedState;
  if (encoded?.format !== FORMAT) throw new Error('This is not a checkpoint of a known format.');
  const { format: _format, frames, steps, timers, buffered, quarantined = [], fallen, ...plain } = encoded;
  const state: InstanceState = {
    ...plain,
    deferred: [...plain.deferred],
    frames: new Map(frames.map((frame) => [frame.id, decodeFrame(frame)])),
    steps: new Map(steps.map((step) => [step.key, decodeStep(step)])),
    timers: new Map(timers) as InstanceState['timers'],
    buffered: new Map(buffered.map(([name, queue]) => [name, [...queue]])),
    eventWaits: new Map(),
    runningActivities: 0,
    quarantined: new Map(quarantined) as InstanceState['quarantined'],
    fallen: fallen === undefined ? null : decodeFallen(fallen),
  };
  indexState(state);
  return state;
}

function encodeFallen({ steps, frames, ...plain }: Fallen): EncodedFallen {
  return {
    ...plain,
    steps: steps.map(({ step, ...more }) => ({ step: encodeStep(step), ...more })),
    frames: frames.map(({ frame, ...more }) => ({ frame: encodeFrame(frame), ...more })),
  };
}

function decodeFallen({ steps, frames, timers, tokens, buffered, ...plain }: EncodedFallen): Fallen {
  return {
    ...plain,
    timers: [...timers],
    tokens: [...tokens],
    buffered: [...buffered],
    steps: steps.map(({ step, ...more }) => ({ step: decodeStep(step), ...more })),
    frames: frames.map(({ frame, ...more }) => ({ frame: decodeFrame(frame), ...more })),
  };
}

function encodeStep(step: OpenStep): EncodedStep {
  if (step.kind !== 'container') return { ...step };
  const { passes: _passes, ...plain } = step;
  return { ...plain, container: copyContainer(step.container) };
}

function decodeStep(step: EncodedStep): OpenStep {
  if (step.kind === 'humanTask') return decodeHumanTask(step);
  if (step.kind !== 'container') return { ...step };
  return { ...step, container: copyContainer(step.container), passes: new Set() };
}

/** Before there were seats and votes, one person could have a task, and that was written in two fields. */
function decodeHumanTask(step: EncodedStep & { kind: 'humanTask' } & { claimedBy?: string | null; claimedAt?: number | null }): OpenStep {
  const { claimedBy, claimedAt, holders, votes, ...rest } = step;
  const earlier = claimedBy ? [{ by: claimedBy, at: claimedAt ?? step.openedAt, how: 'claimed' as const, from: null }] : [];
  return { ...rest, holders: holders ?? earlier, votes: votes ?? [] };
}

function copyContainer(container: (OpenStep & { kind: 'container' })['container']) {
  if (container.type === 'forEach') return { ...container, results: [...container.results] };
  if (container.type === 'scope' && container.lock)
    return { ...container, lock: { ...container.lock, calling: [...container.lock.calling] } };
  return { ...container };
}

function encodeFrame(frame: Frame): EncodedFrame {
  const { open: _open, visits, outputs, joins, failures, ...plain } = frame;
  const encoded: EncodedFrame = plain;
  if (visits.size > 0) encoded.visits = Array.from(visits);
  if (outputs.size > 0) encoded.outputs = Array.from(outputs);
  if (failures.size > 0) encoded.failures = Array.from(failures);
  if (joins.size > 0) encoded.joins = Array.from(joins, ([node, join]) => [node, encodeJoin(join)]);
  return encoded;
}

function decodeFrame(frame: EncodedFrame): Frame {
  const { visits = [], outputs = [], joins = [], failures = [], ...plain } = frame;
  return {
    ...plain,
    open: new Set(),
    // Keys lost their brand on the way through JSON.
    visits: new Map(visits) as Frame['visits'],
    outputs: new Map(outputs) as Frame['outputs'],
    failures: new Map(failures) as Frame['failures'],
    joins: new Map(joins.map(([node, join]) => [node, decodeJoin(join)])) as Frame['joins'],
  };
}

function encodeJoin({ arrived, fired, caught }: JoinState): EncodedJoin {
  const encoded: EncodedJoin = { arrived: Array.from(arrived), fired };
  if (caught.size > 0) encoded.caught = Array.from(caught);
  return encoded;
}

function decodeJoin({ arrived, fired, caught = [], caughtFrom }: EncodedJoin): JoinState {
  return {
    arrived: new Map(arrived) as JoinState['arrived'],
    fired,
    caught: new Map(caughtFrom === undefined ? caught : [[fired + 1, caughtFrom]]),
  };
}
