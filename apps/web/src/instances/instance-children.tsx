import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { StatusIcon, statusShape } from '../status/status-icon.tsx';
import { RelatedList } from './related-list.tsx';

/** The sub-workflows of the instance: the first of them come with it, further ones when they are asked for. */
export function InstanceChildList({ instance: { id, children } }: { instance: InstanceDetail }) {
  const [wanted, setWanted] = useState(false);
  const further = useInfiniteQuery(
    trpc.instances.children.infiniteQueryOptions(
      { id },
      {
        enabled: wanted && children.nextCursor !== null,
        initialCursor: children.nextCursor,
        getNextPageParam: ({ nextCursor }) => nextCursor,
      },
    ),
  );
  const pages = wanted ? (further.data?.pages ?? []) : [];
  // The first page is read again as the instance goes on, and may hold what a further one held before.
  const rows = [...new Map([...children.rows, ...pages.flatMap((page) => page.rows)].map((child) => [child.id, child])).values()];
  const more = pages.length === 0 ? children.nextCursor !== null : further.hasNextPage;
  const show = (): void => {
    if (wanted) void further.fetchNextPage();
    else setWanted(true);
  };
  return (
    <RelatedList
      title={`Sub-workflows, ${children.count.toLocaleString('en')}`}
      label="Sub-workflows"
      more={more ? { busy: further.isFetching, show } : null}
    >
      {rows.map((child) => (
        <li key={child.id}>
          <StatusIcon shape={statusShape(child.status)} size={13} label={child.status} />
          <Link to="/instances/$id" params={{ id: child.id }} className="lnk mono ell">
            {child.id}
          </Link>
          <span className="t3 ell">
            {child.workflowKey}
            {child.children > 0 ? `, started ${child.children.toLocaleString('en')} more` : ''}
          </span>
        </li>
      ))}
    </RelatedList>
  );
}
