import { expect, it } from 'vitest';
import type { TaskRow } from '@perdure/server/contract';
import { holderWords } from './holder-words.ts';

const now = new Date('2026-11-19T10:00:00').getTime();
const nine = new Date('2026-11-19T09:00:00').toISOString();
const ada = { id: 'ada', name: 'Ada' };
const bo = { id: 'bo', name: 'Bo' };

function words(more: Partial<TaskRow>): string {
  const row = { status: 'open', holders: [], quorum: null, createdAt: nine, followUpAt: null, closedAt: null, decidedBy: null, ...more };
  // Only these fields are read.
  return holderWords(row as unknown as TaskRow, 'ada', now).words;
}

it('says whose a task is and how it became theirs', () => {
  expect(words({})).toBe('Nobody yet, since 09:00');
  expect(words({ holders: [{ ...ada, at: nine, how: 'claimed', from: null }] })).toBe('You, claimed 09:00');
  expect(words({ holders: [{ ...bo, at: nine, how: 'assigned', from: ada }] })).toBe('Bo, assigned 09:00');
  expect(words({ holders: [{ ...ada, at: nine, how: 'delegated', from: bo }] })).toBe('You, delegated by Bo');
  expect(words({ holders: [{ ...bo, at: nine, how: 'delegated', from: ada }] })).toBe('Bo, delegated by you');
});

it('says how far a quorum has come, of the seat that is mine first', () => {
  const holders: TaskRow['holders'] = [
    { ...bo, at: nine, how: 'claimed', from: null },
    { ...ada, at: nine, how: 'claimed', from: null },
  ];
  expect(words({ holders, quorum: { needed: 3, got: 1 } })).toBe('You, 1 of 3 votes');
  expect(words({ quorum: { needed: 2, got: 0 } })).toBe('Nobody yet, 0 of 2 votes');
});

it('says until when it is put off, as long as that lies ahead', () => {
  const holders: TaskRow['holders'] = [{ ...ada, at: nine, how: 'claimed', from: null }];
  expect(words({ holders, followUpAt: new Date('2026-11-20T09:00:00').toISOString() })).toBe('You, put off until Fri 20 Nov');
  expect(words({ holders, followUpAt: nine })).toBe('You, claimed 09:00');
});

it('says how a closed one ended', () => {
  expect(words({ status: 'decided', decidedBy: bo, closedAt: nine })).toBe('Bo, 09:00');
  expect(words({ status: 'expired', closedAt: nine })).toBe('Deadline passed 09:00');
});
