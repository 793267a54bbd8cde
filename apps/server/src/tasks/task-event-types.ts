import type { HistoryEvent } from '@perdure/engine';

/** The events that say something of a task. Of the timers those whose purpose is a task's. */
export const taskEventTypes: readonly HistoryEvent['type'][] = [
  'HumanTaskCreated',
  'HumanTaskClaimed',
  'HumanTaskReleased',
  'HumanTaskAssigned',
  'HumanTaskVoted',
  'HumanTaskDecided',
  'HumanTaskEscalated',
  'TimerFired',
];
