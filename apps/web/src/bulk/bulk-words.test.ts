import { expect, test } from 'vitest';
import { outcomeWords, requestWords, selectionWords } from './bulk-words.ts';

test('a request in words names the count and where it leads', () => {
  expect(requestWords({ action: 'retry' }, 1)).toBe('Retry 1 instance');
  expect(requestWords({ action: 'terminate', recursive: true }, 1_384, 'done')).toBe('Terminated 1,384 instances');
  expect(requestWords({ action: 'migrate', workflowKey: 'a', version: 3 }, 2, 'doing')).toBe('Migrating 2 instances to v3');
  const raise = { action: 'raiseEvent', name: 'order.changed', data: null } as const;
  expect([requestWords(raise, 4), requestWords(raise, 4, 'doing'), requestWords(raise, 4, 'done')]).toEqual([
    'Raise order.changed in 4 instances',
    'Raising order.changed in 4 instances',
    'Raised order.changed in 4 instances',
  ]);
});

test('an outcome tells what is done, and of the rest what there is', () => {
  expect(outcomeWords({ done: 0, skipped: 0, failed: 0 })).toBe('0 done');
  expect(outcomeWords({ done: 1_187, skipped: 2, failed: 3 })).toBe('1,187 done, 3 failed, 2 skipped');
});

test('what was chosen, in words', () => {
  expect(selectionWords({ ids: ['a'] })).toBe('Rows ticked in the list');
  expect(selectionWords({})).toBe('All instances');
  expect(selectionWords({ statuses: ['Failed'], workflowKeys: ['a', 'b'], waitingLongerThanMs: 60_000, stuck: true })).toBe(
    'Status Failed, workflow a, b, waits longer than 60 s, stuck',
  );
});
