import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';
import { ErrorState } from '../components/error-state.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { Designer } from './designer.tsx';
import './designer.css';

/** The designer of one workflow. A change of the workflow's key is another designer, with a history of its own. */
export function DesignerPage() {
  const { key } = useParams({ from: '/shell/workflows/$key' });
  const detail = useQuery(trpc.workflows.get.queryOptions({ key }, { staleTime: Infinity, refetchOnWindowFocus: false }));
  useDocumentTitle(detail.data?.title ?? 'Workflow');
  if (detail.isError) return <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <div role="status" aria-label="Loading the workflow" className="ds-loading" />;
  return <Designer key={detail.data.key} detail={detail.data} />;
}
