import { IconArrowUp, IconClock } from '@tabler/icons-react';
import type { TaskRow } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';
import { dueGroup, formatDue, formatMomentShort, useNow, type DueGroup } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import type { InboxSort } from './inbox-search.ts';

const GROUPS: DueGroup[] = ['Overdue', 'Due today', 'Later', 'No due date'];
/** From here a task is worth an arrow. */
const HIGH_PRIORITY = 70;

/** The tasks of a view; by due date in groups. */
export function TaskList({
  rows,
  sort,
  selected,
  onSelect,
}: {
  rows: TaskRow[];
  sort: InboxSort;
  selected: string | null;
  onSelect: (id: string) => void;
}) {
  const now = useNow(30_000);
  if (sort !== 'due') return <Items rows={rows} now={now} selected={selected} onSelect={onSelect} label="Tasks" />;
  return GROUPS.map((group) => {
    const members = rows.filter((row) => dueGroup(row.dueAt, now) === group);
    if (members.length === 0) return null;
    return (
      <section key={group} aria-label={group}>
        <h2>
          {group}
          <span className="num">{members.length}</span>
        </h2>
        <Items rows={members} now={now} selected={selected} onSelect={onSelect} label={group} />
      </section>
    );
  });
}

function Items({
  rows,
  now,
  selected,
  onSelect,
  label,
}: {
  rows: TaskRow[];
  now: number;
  selected: string | null;
  onSelect: (id: string) => void;
  label: string;
}) {
  const me = useMe().data?.user.id;
  return (
    <ul aria-label={label}>
      {rows.map((row) => (
        <li key={row.id}>
          <button
            type="button"
            className="plain it"
            data-task={row.id}
            {...(row.id === selected ? { 'aria-current': 'true' as const } : {})}
            onClick={() => onSelect(row.id)}
          >
            <span className="row g8">
              <span className="grow ell b6">{row.title}</span>
              <Due dueAt={row.dueAt} now={now} />
            </span>
            <span className="s12 t2 ell excerpt" style={{ display: 'block' }}>
              {row.excerpt === '' ? row.workflowTitle : row.excerpt}
            </span>
            <span className="row g6 s12 t3" style={{ height: 20 }}>
              {row.assignee ? (
                <>
                  <Avatar name={row.assignee.name} size="xs" />
                  <span className="ell">
                    {row.assignee.id === me ? 'You' : row.assignee.name}
                    {row.claimedAt === null ? '' : `, claimed ${formatMomentShort(row.claimedAt, now)}`}
                  </span>
                </>
              ) : (
                <span>Nobody yet, since {formatMomentShort(row.createdAt, now)}</span>
              )}
              <span className="grow" />
              {row.priority >= HIGH_PRIORITY ? (
                <span className="row g4 t2 b5">
                  <IconArrowUp className="ic" size={12} stroke={1.8} />
                  High
                </span>
              ) : null}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Due({ dueAt, now }: { dueAt: string | null; now: number }) {
  if (dueAt === null) return null;
  const late = Date.parse(dueAt) < now;
  return (
    <span className={late ? 'due over' : 'due'}>
      {late ? <StatusIcon shape="warning" size={11} /> : <IconClock className="ic" size={12} stroke={1.8} />}
      {formatDue(dueAt, now)}
    </span>
  );
}

/** The order in which the keys walk: as the list shows it. */
export function shownOrder(rows: TaskRow[], sort: InboxSort, now: number): TaskRow[] {
  return sort === 'due' ? GROUPS.flatMap((group) => rows.filter((row) => dueGroup(row.dueAt, now) === group)) : rows;
}
