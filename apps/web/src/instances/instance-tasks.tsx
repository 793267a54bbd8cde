import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail, TaskRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { countText } from './count-text.ts';
import { RelatedList, type MoreEntries } from './related-list.tsx';

/** All tasks of the instance: the first of them come with it, further ones when they are asked for. */
export function InstanceTasks({ instance: { id, tasks } }: { instance: InstanceDetail }) {
  const [wanted, setWanted] = useState(false);
  const further = useInfiniteQuery(
    trpc.instances.tasks.infiniteQueryOptions(
      { id },
      { enabled: wanted && tasks.nextCursor !== null, initialCursor: tasks.nextCursor, getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const pages = wanted ? (further.data?.pages ?? []) : [];
  // One that was decided meanwhile may come again among the closed ones.
  const shown = new Map([...tasks.rows, ...pages.flatMap(({ rows }) => rows)].map((task) => [task.id, task]));
  const more = pages.length === 0 ? tasks.nextCursor !== null : further.hasNextPage;
  const show = (): void => {
    if (wanted) void further.fetchNextPage();
    else setWanted(true);
  };
  return (
    <TaskList
      title={tasks.nextCursor === null ? 'Tasks' : `Tasks, ${countText(tasks.count)}`}
      tasks={[...shown.values()]}
      more={more ? { busy: further.isFetching, show } : null}
    />
  );
}

/** The task of a step, which need not be among the first of its instance. */
export function useTaskOfStep({ id, tasks }: InstanceDetail, step: string): TaskRow | undefined {
  const known = tasks.rows.find((one) => one.step === step);
  const found = useQuery(trpc.instances.tasks.queryOptions({ id, step }, { enabled: known === undefined && tasks.nextCursor !== null }));
  return known ?? found.data?.rows[0];
}

export function TaskList({ title, tasks, more }: { title: string; tasks: readonly TaskRow[]; more?: MoreEntries | null }) {
  return (
    <RelatedList title={title} more={more ?? null}>
      {tasks.map((task) => (
        <li key={task.id}>
          <StatusIcon
            shape={task.status === 'open' ? 'waiting' : task.status === 'decided' ? 'completed' : 'canceled'}
            size={13}
            label={task.status}
          />
          {task.status === 'open' ? (
            <Link to="/inbox" search={{ view: 'all', task: task.id }} className="lnk ell">
              {task.title}
            </Link>
          ) : (
            <span className="b5 ell">{task.title}</span>
          )}
          <span className="t3 ell">
            {task.status === 'open'
              ? task.assignee
                ? `claimed by ${task.assignee.name}`
                : 'nobody has claimed it'
              : task.decidedBy
                ? `${task.outcome ?? 'decided'} by ${task.decidedBy.name}`
                : task.status}
          </span>
        </li>
      ))}
    </RelatedList>
  );
}
