import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';

/** The address without a page: the guide while it opens by itself, else where somebody with these rights begins. */
export function HomePage() {
  const guide = useQuery(trpc.guide.get.queryOptions(undefined, { staleTime: 0 }));
  const mayReadInstances = useMay('instance.read');
  if (guide.isPending) return <div role="status" aria-label="Loading" />;
  if (guide.data?.opens) return <Navigate to="/welcome" replace />;
  return <Navigate to={mayReadInstances ? '/dashboard' : '/inbox'} replace />;
}
