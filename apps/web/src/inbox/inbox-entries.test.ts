import { describe, expect, it } from 'vitest';
import type { TaskRow } from '@perdure/server/contract';
import { inboxEntries, placeOf, type InboxEntry } from './inbox-entries.ts';

const now = new Date('2026-11-19T10:00:00').getTime();
const at = (hours: number): string => new Date(now + hours * 3_600_000).toISOString();

const task = (id: string, dueInHours: number | null, more: Partial<TaskRow> = {}): TaskRow => ({
  id,
  title: id,
  workflowKey: 'w',
  workflowTitle: 'W',
  version: 1,
  instanceId: 'i',
  node: 'n',
  step: 'n#1',
  priority: 50,
  status: 'open',
  assignee: null,
  claimedAt: null,
  holders: [],
  quorum: null,
  dueAt: dueInHours === null ? null : at(dueInHours),
  deadlineAt: null,
  createdAt: at(-1),
  escalatedAt: null,
  followUpAt: null,
  comments: 0,
  attachments: 0,
  outcome: null,
  decidedBy: null,
  closedAt: null,
  excerpt: '',
  ...more,
});

const words = (entries: InboxEntry[]) => entries.map((entry) => (entry.kind === 'group' ? `${entry.group} ${entry.count}` : entry.row.id));

describe('inboxEntries', () => {
  const rows = [task('late', -2), task('soon', 1), task('evening', 8), task('friday', 30), task('whenever', null)];

  it('groups by due date, what is put off last', () => {
    expect(words(inboxEntries([...rows, task('asleep', -5, { followUpAt: at(20) })], 'due', now, null))).toEqual([
      'Overdue 1',
      'late',
      'Due today 2',
      'soon',
      'evening',
      'Later 1',
      'friday',
      'No due date 1',
      'whenever',
      'Follow-up 1',
      'asleep',
    ]);
  });

  it('has no groups in other orders, except for what is put off', () => {
    expect(words(inboxEntries([task('a', 1), task('b', null, { followUpAt: at(2) }), task('c', -1)], 'priority', now, null))).toEqual([
      'a',
      'c',
      'Follow-up 1',
      'b',
    ]);
  });

  it('shows what was put off in its old group again once the moment has come', () => {
    expect(words(inboxEntries([task('back', 1, { followUpAt: at(-1) })], 'due', now, null))).toEqual(['Due today 1', 'back']);
  });

  it('keeps the open task where it stood when it leaves the list, becomes late, or is put off', () => {
    const place = placeOf(inboxEntries(rows, 'due', now, null), 'evening');
    const without = rows.filter(({ id }) => id !== 'evening');
    const stays = ['Overdue 1', 'late', 'Due today 2', 'soon', 'evening', 'Later 1', 'friday', 'No due date 1', 'whenever'];
    expect(words(inboxEntries(without, 'due', now, place))).toEqual(stays);
    expect(words(inboxEntries([task('evening', -1), ...without], 'due', now, place))).toEqual(stays);
    expect(words(inboxEntries([...without, task('evening', 8, { followUpAt: at(20) })], 'due', now, place))).toEqual(stays);
  });

  it('keeps its place below the nearest of those above it that is still there', () => {
    const three = [task('a', 1), task('b', 2), task('c', 3), task('d', 4)];
    const place = placeOf(inboxEntries(three, 'due', now, null), 'c');
    expect(words(inboxEntries([task('new', 1), task('a', 1), task('d', 4)], 'due', now, place))).toEqual([
      'Due today 4',
      'new',
      'a',
      'c',
      'd',
    ]);
    expect(words(inboxEntries([task('d', 4)], 'due', now, place))).toEqual(['Due today 2', 'c', 'd']);
    expect(words(inboxEntries([], 'due', now, place))).toEqual(['Due today 1', 'c']);
  });

  it('shows the newest state of a task that is held in place', () => {
    const place = placeOf(inboxEntries([task('a', 1)], 'due', now, null), 'a');
    const [, entry] = inboxEntries([task('a', 1, { title: 'changed' })], 'due', now, place);
    expect(entry?.kind === 'task' && entry.row.title).toBe('changed');
  });
});
