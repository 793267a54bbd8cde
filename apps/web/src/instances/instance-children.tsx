import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { StatusIcon, statusShape } from '../status/status-icon.tsx';

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
  return (
    <div className="rel">
      <h3>Sub-workflows, {children.count.toLocaleString('en')}</h3>
      <ul aria-label="Sub-workflows">
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
      </ul>
      {more ? (
        <Button
          size="sm"
          look="ghost"
          busy={further.isFetching}
          onClick={() => {
            if (wanted) void further.fetchNextPage();
            else setWanted(true);
          }}
        >
          Show more
        </Button>
      ) : null}
    </div>
  );
}
