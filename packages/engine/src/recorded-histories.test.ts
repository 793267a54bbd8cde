/**
 * Histories recorded by earlier versions (packages/runtime/src/upgrade records them) must fold for ever, and so must what they kept beside
 * them. How their instances go on is tested there, on a database.
 */
import type { Json } from '@perdure/graph';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from './encode-state.ts';
import { evolve } from './evolve.ts';
import type { EventType, HistoryEvent } from './history-event.ts';
import { instanceId } from './ids.ts';
import { initialState } from './initial-state.ts';
import type { InstanceState } from './state.ts';

interface RecordedHistory {
  instance: string;
  events: HistoryEvent[];
  checkpoints: { seq: number; state: Json }[];
}

const folder = join(import.meta.dirname, '../fixtures');
const recordings = readdirSync(folder).map((name) => ({
  name,
  // Written by the recorder.
  histories: JSON.parse(readFileSync(join(folder, name), 'utf8')) as RecordedHistory[],
}));

function fold(state: InstanceState, events: readonly HistoryEvent[]): InstanceState {
  for (const event of events) evolve(state, event);
  return state;
}

describe.each(recordings)('$name', ({ histories }) => {
  it.each(histories)('folds: $instance', ({ instance, events, checkpoints }) => {
    const whole = encodeState(fold(initialState(instanceId(instance)), events));
    expect(whole).toMatchObject({ instanceId: instance, seq: events.length });
    // From every state that was kept, the rest of the history leads to the same place.
    expect(checkpoints.length).toBeGreaterThan(0);
    for (const { seq, state } of checkpoints) {
      expect(encodeState(fold(initialState(instanceId(instance)), events.slice(0, seq)))).toEqual(encodeState(decodeState(state)));
      expect(encodeState(fold(decodeState(state), events.slice(seq)))).toEqual(whole);
    }
  });
});

const types: readonly EventType[] = [
  'ExecutionStarted',
  'ExecutionSuspended',
  'ExecutionResumed',
  'ExecutionTerminated',
  'ExecutionCompleted',
  'TaskScheduled',
  'TaskCompleted',
  'TaskFailed',
  'TimerCreated',
  'TimerFired',
  'EventRaised',
  'SubOrchestrationInstanceCreated',
  'SubOrchestrationInstanceCompleted',
  'SubOrchestrationInstanceFailed',
  'EventAwaited',
  'EventReceived',
  'TransformCompleted',
  'ConditionTaken',
  'VariablesSet',
  'CustomStatusSet',
  'StepSkipped',
  'StepFailed',
  'JoinReached',
  'JoinFired',
  'EndReached',
  'ContainerEntered',
  'PassStarted',
  'PassEnded',
  'ContainerExited',
  'HumanTaskCreated',
  'HumanTaskClaimed',
  'HumanTaskReleased',
  'HumanTaskDecided',
  'TokenCancelled',
];

it('every type of event is in a recording', () => {
  const recorded = new Set(recordings.flatMap(({ histories }) => histories.flatMap(({ events }) => events.map(({ type }) => type))));
  expect(types.filter((type) => !recorded.has(type))).toEqual([]);
});
