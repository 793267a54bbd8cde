import { expect, test } from 'vitest';
import { stillMeant } from './still-meant.ts';

test('to have meant one of Pending, Running and Waiting is to have meant all three', () => {
  expect(stillMeant({ statuses: ['Waiting', 'Failed'] })).toEqual({ statuses: ['Pending', 'Running', 'Waiting', 'Failed'] });
  expect(stillMeant({ notStatuses: ['Running', 'Completed'] }).statuses).toEqual([
    'Pending',
    'Running',
    'Waiting',
    'Suspended',
    'Failed',
    'Terminated',
    'Canceled',
  ]);
});

test('what was not meant is not, once it becomes that', () => {
  expect(stillMeant({ statuses: ['Suspended'] })).toEqual({ statuses: ['Suspended'] });
  expect(stillMeant({ notStatuses: ['Pending', 'Running', 'Waiting', 'Completed'] }).statuses).toEqual([
    'Suspended',
    'Failed',
    'Terminated',
    'Canceled',
  ]);
  expect(stillMeant({ statuses: [] })).toEqual({ statuses: [] });
});

test('how long it has taken at most is not asked again; what it waits for, and what it failed with, is', () => {
  const asked = { waitingEvent: 'order.changed', waitingLongerThanMs: 5, incident: 'abc', minDurationMs: 3 };
  expect(stillMeant({ ...asked, maxDurationMs: 10 })).toEqual(asked);
});
