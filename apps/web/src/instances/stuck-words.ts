import type { StuckCause } from '@perdure/server/contract';

/** `short`: in place of what it waits for; null where that may still come. */
export const STUCK_WORDS: Readonly<Record<StuckCause, { short: string | null; advice: string }>> = {
  'nothing-open': {
    short: 'Stuck: no step is open',
    advice: 'No step is open, but the workflow has not ended. Terminate the instance, or restart it.',
  },
  'timer-gone': {
    short: 'Stuck: its timer is gone',
    advice: 'The moment it waited for will not come. Skip the step with an output, or terminate the instance.',
  },
  'task-gone': {
    short: 'Stuck: its task is closed',
    advice: 'The task was closed without the instance being told. Skip the step with an output, or terminate the instance.',
  },
  'child-gone': {
    short: 'Stuck: its sub-workflow is gone',
    advice: 'The sub-workflow was purged before it told its result. Skip the step with an output, or terminate the instance.',
  },
  'waits-long': {
    short: null,
    advice:
      'The event may still be raised: on the instance’s page, or by whoever should have sent it. Without a deadline it waits for ever.',
  },
};
