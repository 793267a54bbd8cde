import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { BulkJob } from '@perdure/server/contract';
import { client, trpc } from '../api/trpc.ts';
import { useMay, useMe } from '../api/use-me.ts';
import { toast } from '../components/toast.tsx';
import { outcomeWords, requestWords } from './bulk-words.ts';
import { useJobRefetch } from './job-refetch.ts';

/** Jobs that run or are paused now, as the pill shows them. */
export const liveJobs = () => trpc.bulk.list.queryOptions({ statuses: ['running', 'paused'] });

/** Once for the whole app: keeps the live jobs fresh, and tells whoever began one that it is through. */
export function useJobWatch(): void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const me = useMe().data?.user.id;
  const refetchMs = useJobRefetch();
  const { data: jobs } = useQuery({
    ...liveJobs(),
    enabled: useMay('instance.read'),
    refetchInterval: (query) => refetchMs(query.state.data?.some(({ status }) => status === 'running') === true),
  });
  const seen = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (jobs === undefined) return;
    const live = new Set(jobs.map(({ id }) => id));
    const gone = [...seen.current].filter((id) => !live.has(id));
    seen.current = live;
    if (gone.length === 0) return;
    void queries.invalidateQueries({ queryKey: trpc.bulk.pathKey() });
    void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
    void queries.invalidateQueries({ queryKey: trpc.instances.count.queryKey() });
    void queries.invalidateQueries({ queryKey: trpc.incidents.pathKey() });
    const show = (job: BulkJob) => {
      if (job.requestedBy.id !== me || job.status !== 'finished') return;
      toast({
        shape: job.failed > 0 ? 'warning' : 'completed',
        title: requestWords(job.request, job.total, 'done'),
        detail: outcomeWords(job),
        name: job.id,
        action: { label: 'Show', run: () => void navigate({ to: '/jobs/$id', params: { id: job.id } }) },
      });
    };
    // One that cannot be asked about any more says nothing.
    for (const id of gone) void client.bulk.get.query({ id }).then(show, () => undefined);
  }, [jobs, me, navigate, queries]);
}
