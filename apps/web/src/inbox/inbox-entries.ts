import type { TaskRow } from '@perdure/server/contract';
import { dueGroup, type DueGroup } from '../components/moment.ts';
import type { InboxSort } from './inbox-search.ts';

export type InboxGroup = DueGroup | 'Follow-up';

/** What the list shows, line by line. */
export type InboxEntry = { kind: 'group'; group: InboxGroup; count: number } | { kind: 'task'; row: TaskRow; group: InboxGroup | null };

/** Where the open task stood when it was opened: it stays there whatever happens to it, until another one is opened. */
export interface HeldPlace {
  id: string;
  row: TaskRow;
  group: InboxGroup | null;
  /** What stood above it in its group, nearest first. */
  above: string[];
}

const GROUPS: InboxGroup[] = ['Overdue', 'Due today', 'Later', 'No due date', 'Follow-up'];

/** The tasks of a view in the order of the server; by due date in groups, those put off until later last in every order. */
export function inboxEntries(rows: readonly TaskRow[], sort: InboxSort, now: number, held: HeldPlace | null): InboxEntry[] {
  const placed = rows.filter((row) => row.id !== held?.id).map((row) => ({ row, group: groupOf(row, sort, now) }));
  if (held) {
    const kept = { row: rows.find((row) => row.id === held.id) ?? held.row, group: held.group };
    const isAbove = (id: string | undefined): boolean =>
      id !== undefined && placed.some(({ row, group }) => row.id === id && group === held.group);
    const above = held.above.find(isAbove);
    const at =
      above === undefined ? placed.findIndex(({ group }) => group === held.group) : placed.findIndex(({ row }) => row.id === above) + 1;
    placed.splice(at === -1 ? placed.length : at, 0, kept);
  }
  const plain = placed.filter(({ group }) => group === null);
  return [
    ...plain.map(({ row, group }): InboxEntry => ({ kind: 'task', row, group })),
    ...GROUPS.flatMap((group): InboxEntry[] => {
      const members = placed.filter((one) => one.group === group);
      if (members.length === 0) return [];
      return [{ kind: 'group', group, count: members.length }, ...members.map(({ row }): InboxEntry => ({ kind: 'task', row, group }))];
    }),
  ];
}

/** The place of a task in what is shown; null when it is not there. */
export function placeOf(entries: readonly InboxEntry[], id: string | null): HeldPlace | null {
  const at = entries.findIndex((entry) => entry.kind === 'task' && entry.row.id === id);
  const entry = entries[at];
  if (entry?.kind !== 'task') return null;
  const above = entries
    .slice(0, at)
    .flatMap((other) => (other.kind === 'task' && other.group === entry.group ? [other.row.id] : []))
    .toReversed();
  return { id: entry.row.id, row: entry.row, group: entry.group, above };
}

function groupOf(row: TaskRow, sort: InboxSort, now: number): InboxGroup | null {
  if (row.followUpAt !== null && Date.parse(row.followUpAt) > now) return 'Follow-up';
  return sort === 'due' ? dueGroup(row.dueAt, now) : null;
}
