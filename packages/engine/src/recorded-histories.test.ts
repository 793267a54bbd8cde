/**
 * Histories recorded by earlier versions (packages/runtime/src/upgrade records them) must fold for ever, and so must what they kept beside
 * them. How their instances go on is tested there, on a database.
 */
import type { Json } from '@perdure/graph';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from './encode-state.ts';
import { decodeEntityState, encodeEntityState } from './entity/encode-entity-state.ts';
import type { EntityEvent } from './entity/entity-event.ts';
import { parseEntityId } from './entity/entity-id.ts';
import { initialEntityState } from './entity/entity-state.ts';
import { evolveEntity } from './entity/evolve-entity.ts';
import { evolve } from './evolve.ts';
import type { EventType, HistoryEvent } from './history-event.ts';
import { instanceId } from './ids.ts';
import { initialState } from './initial-state.ts';

interface RecordedHistory {
  instance: string;
  events: (HistoryEvent | EntityEvent)[];
  checkpoints: { seq: number; state: Json }[];
}

const folder = join(import.meta.dirname, '../fixtures');
const recordings = readdirSync(folder).map((name) => ({
  name,
  // Written by the recorder.
  histories: JSON.parse(readFileSync(join(folder, name), 'utf8')) as RecordedHistory[],
}));

/**
 * The encoded state after the events, from a kept state or from nothing. Without what is failing, of which the checkpoints of
 * earlier writers do not tell: the runtime keeps none in the middle of a turn or of an instance that has ended, as these recordings do.
 */
function fold(instance: string, kept: Json | null, events: RecordedHistory['events']): Json {
  const id = instanceId(instance);
  if (parseEntityId(instance) !== null) {
    const state = kept === null ? initialEntityState(id) : decodeEntityState(kept);
    for (const event of events) evolveEntity(state, event as EntityEvent); // of an entity's history
    return encodeEntityState(state);
  }
  const state = kept === null ? initialState(id) : decodeState(kept);
  for (const event of events) evolve(state, event as HistoryEvent); // of a workflow's history
  return encodeState({ ...state, fallen: null });
}

describe.each(recordings)('$name', ({ histories }) => {
  it.each(histories)('folds: $instance', ({ instance, events, checkpoints }) => {
    const whole = fold(instance, null, events);
    expect(whole).toMatchObject({ instanceId: instance, seq: events.length });
    // From every state that was kept, the rest of the history leads to the same place.
    expect(checkpoints.length).toBeGreaterThan(0);
    for (const { seq, state } of checkpoints) {
      expect(fold(instance, null, events.slice(0, seq))).toEqual(fold(instance, state, []));
      expect(fold(instance, state, events.slice(seq))).toEqual(whole);
    }
  });
});

const types: readonly (EventType | EntityEvent['type'])[] = [
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
  'StepPinned',
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
  'HumanTaskAssigned',
  'HumanTaskVoted',
  'HumanTaskEscalated',
  'HumanTaskDecided',
  'TokenCancelled',
  'ExecutionRewound',
  'StepRetried',
  'StepSkippedByHand',
  'VariablesEdited',
  'VersionMigrated',
  'TaskQuarantined',
  'TaskReleased',
  'EntityOperationCalled',
  'EntityOperationCompleted',
  'EntityOperationFailed',
  'EntityOperationSignaled',
  'EntityLockRequested',
  'EntityLockGranted',
  'EntityStarted',
  'EntityOperationApplied',
  'EntityOperationRejected',
  'EntityRequestQueued',
  'EntitySignalDelayed',
  'EntityLocked',
  'EntityUnlocked',
  'EntityEnded',
];

it('every type of event is in a recording', () => {
  const recorded = new Set(recordings.flatMap(({ histories }) => histories.flatMap(({ events }) => events.map(({ type }) => type))));
  expect(types.filter((type) => !recorded.has(type))).toEqual([]);
});
