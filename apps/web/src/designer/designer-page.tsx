import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { describeError } from '../api/describe-error.ts';
import { client, trpc } from '../api/trpc.ts';
import { ErrorState } from '../components/error-state.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { Designer } from './designer.tsx';
import { draftBeingLeft } from './use-session.ts';
import './designer.css';

/** The designer of one workflow. A change of the workflow's key is another designer, with a history of its own. */
export function DesignerPage() {
  const { key } = useParams({ from: '/shell/workflows/$key' });
  const { node = null } = useSearch({ from: '/shell/workflows/$key' });
  const detail = useQuery({
    ...trpc.workflows.get.queryOptions({ key }),
    // What the last visit still had to save comes first: editing begins from what is stored, never from a memory of it.
    queryFn: async () => {
      await draftBeingLeft(key);
      return client.workflows.get.query({ key });
    },
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  useDocumentTitle(detail.data?.title ?? 'Workflow');
  if (detail.isError)
    return (
      <ErrorState
        error={detail.error}
        {...(describeError(detail.error).transient ? { onRetry: () => void detail.refetch() } : {})}
        wayOut={
          <Link to="/workflows" className="btn">
            Open the workflows
          </Link>
        }
      />
    );
  if (!detail.data || !detail.isFetchedAfterMount) return <div role="status" aria-label="Loading the workflow" className="ds-loading" />;
  return <Designer key={detail.data.key} detail={detail.data} firstNode={node} />;
}
