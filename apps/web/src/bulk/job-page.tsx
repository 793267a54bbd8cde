import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { BulkItemsResult, BulkJob } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatClockMs, formatElapsed, formatMoment } from '../components/moment.ts';
import { Tabs } from '../components/tabs.tsx';
import { toastError } from '../components/toast.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import {
  ACTION_WORDS,
  becameWords,
  countedInstances,
  ITEM_STATE,
  itemWords,
  JOB_STATUS,
  requestWords,
  selectionWords,
  settledCount,
} from './bulk-words.ts';
import { useJobRefetch } from './job-refetch.ts';
import { JobProgress } from './job-progress.tsx';
import { type JobView, statesOf } from './job-search.ts';
import '../instances/instances-page.css';
import './bulk.css';

const route = getRouteApi('/shell/jobs/$id');

const PAGE_SIZE = 100;

/** One job: how far it is, what became of each instance and why, and what can still be done with it. */
export function JobPage() {
  const { id } = route.useParams();
  const { show } = route.useSearch();
  const navigate = useNavigate();
  const refetchMs = useJobRefetch();
  const job = useQuery(
    trpc.bulk.get.queryOptions({ id }, { refetchInterval: (query) => refetchMs(query.state.data?.status === 'running') }),
  );
  const row = job.data;
  const items = useInfiniteQuery(
    trpc.bulk.items.infiniteQueryOptions(
      { id, limit: PAGE_SIZE, ...(show === undefined ? {} : { states: statesOf(show) }) },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        refetchInterval: row?.status === 'running' ? refetchMs(true) * 2 : false,
      },
    ),
  );
  const title = row === undefined ? 'Job' : requestWords(row.request, row.total);
  useDocumentTitle(title);
  const found = items.data?.pages.flatMap(({ rows }) => rows);
  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[{ label: 'Jobs', to: { to: '/jobs' } }]} current={title} />
        <span className="grow" />
        {row === undefined ? null : <JobActions job={row} />}
      </TopBar>
      <Loaded query={job} rows={6} label="Loading the job">
        {(row) => (
          <>
            <JobHead job={row} />
            <div className="views">
              <Tabs
                label="Results"
                panelId="job-items"
                value={show ?? 'all'}
                onChange={(key) =>
                  void navigate({ to: '/jobs/$id', params: { id }, search: key === 'all' ? {} : { show: key }, replace: true })
                }
                items={viewsOf(row).map(({ key, label, count }) => ({
                  key,
                  label,
                  count: <span className="num t3 s12 b4">{count.toLocaleString('en')}</span>,
                }))}
              />
            </div>
            <div className="twrap" id="job-items" role="tabpanel" aria-label="Instances of the job" tabIndex={-1}>
              <Loaded query={{ ...items, data: found }} rows={8} label="Loading what became of each">
                {(rows) =>
                  rows.length > 0 ? (
                    <ItemTable job={row} rows={rows} />
                  ) : (
                    <p className="t3" style={{ padding: 20 }}>
                      None of its instances is here.
                    </p>
                  )
                }
              </Loaded>
              {items.hasNextPage ? (
                <div className="job-more">
                  <Button busy={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
                    Show more
                  </Button>
                </div>
              ) : null}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function viewsOf(job: BulkJob): { key: JobView | 'all'; label: string; count: number }[] {
  return [
    { key: 'all', label: 'All', count: job.total },
    { key: 'done', label: itemWords('done', job.request.action), count: job.done },
    { key: 'failed', label: 'Failed', count: job.failed },
    { key: 'skipped', label: 'Skipped', count: job.skipped },
    { key: 'left', label: 'Left', count: job.total - settledCount(job) },
  ];
}

function JobHead({ job }: { job: BulkJob }) {
  const { label, shape } = JOB_STATUS[job.status];
  const settled = settledCount(job);
  return (
    <section className="job-head" aria-label="Job">
      <div className="row g12">
        <span className="status">
          <StatusIcon shape={shape} />
          {label}
        </span>
        <JobProgress job={job} />
        <span className="num t2 nowrap" role="status">
          {settled.toLocaleString('en')} of {job.total.toLocaleString('en')}
        </span>
      </div>
      <dl className="job-facts">
        <Fact label="Asked for by">{job.requestedBy.name}</Fact>
        <Fact label="Started">{formatMoment(job.createdAt)}</Fact>
        <Fact label={job.status === 'stopped' ? 'Stopped' : 'Finished'}>
          {job.finishedAt === null ? 'Not yet' : `${formatMoment(job.finishedAt)}, after ${formatElapsed(job.createdAt, job.finishedAt)}`}
        </Fact>
        {job.done > 0 && job.request.action !== 'purge' ? <Became job={job} /> : null}
        <Fact label="Chosen by">{selectionWords(job.filter)}</Fact>
        <Fact label="Reason">{job.reason === '' ? 'None given' : job.reason}</Fact>
      </dl>
    </section>
  );
}

/** That something was done to an instance does not tell how it went on: a step that was retried may fail again. */
function Became({ job: { id, status } }: { job: BulkJob }) {
  const { data } = useQuery(trpc.bulk.became.queryOptions({ id }));
  const queries = useQueryClient();
  const asked = useRef(status);
  useEffect(() => {
    if (asked.current === status) return;
    asked.current = status;
    void queries.invalidateQueries({ queryKey: trpc.bulk.became.queryKey({ id }) });
  }, [queries, id, status]);
  return <Fact label="They are now">{data === undefined ? 'Looking…' : becameWords(data)}</Fact>;
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div>
      <dt className="s12 t3">{label}</dt>
      <dd title={children}>{children}</dd>
    </div>
  );
}

const ITEM_COLUMNS: readonly ListColumn[] = [
  { title: 'Result', width: 120 },
  { title: 'Instance', width: '38%' },
  { title: 'Why' },
  { title: 'At', width: 124 },
];

function ItemTable({ job, rows }: { job: BulkJob; rows: BulkItemsResult['rows'] }) {
  const isOver = job.status === 'stopped' || job.status === 'finished';
  return (
    <ListTable label="Instances" className="job-items" columns={ITEM_COLUMNS}>
      {rows.map((item) => (
        <tr key={item.position}>
          <td>
            <span className="status">
              <StatusIcon shape={ITEM_STATE[item.state].shape} />
              {item.state === 'waiting' && isOver ? 'Not done' : itemWords(item.state, job.request.action)}
            </span>
          </td>
          <td className="ell">
            {job.request.action === 'purge' && item.state === 'done' ? (
              <span className="mono">{item.instanceId}</span>
            ) : (
              <Link to="/instances/$id" params={{ id: item.instanceId }} className="mono b5" title={item.instanceId} preload={false}>
                {item.instanceId}
              </Link>
            )}
          </td>
          <td className="t2 ell" title={item.message ?? ''}>
            {item.message ?? ''}
          </td>
          <td className="num t2">{item.settledAt === null ? '' : formatClockMs(item.settledAt)}</td>
        </tr>
      ))}
    </ListTable>
  );
}

/** What can be done with the job now. What cannot stays away: a finished job is not paused. */
function JobActions({ job }: { job: BulkJob }) {
  const { id, status } = job;
  const queries = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.bulk.pathKey() });
  // Somebody else may have been quicker: the page shows what is so now.
  const told = { onSuccess: refresh, onError: (error: unknown) => (toastError(error), refresh()) };
  const pause = useMutation(trpc.bulk.pause.mutationOptions(told));
  const resume = useMutation(trpc.bulk.resume.mutationOptions(told));
  const retry = useMutation(trpc.bulk.retryFailed.mutationOptions(told));
  const stop = useMutation(
    trpc.bulk.stop.mutationOptions({
      onSuccess: () => {
        setStopping(false);
        refresh();
      },
      onError: refresh,
    }),
  );
  const refusal = job.mayControl ? null : 'Only its maker, or who may operate all workflows, controls it';
  const left = job.total - settledCount(job);
  const stroke = { className: 'ic', stroke: 1.8 };
  return (
    <>
      {status === 'running' ? (
        <Button icon={<IconPlayerPause {...stroke} />} refusal={refusal} busy={pause.isPending} onClick={() => pause.mutate({ id })}>
          Pause
        </Button>
      ) : null}
      {status === 'paused' ? (
        <Button
          look="primary"
          icon={<IconPlayerPlay {...stroke} />}
          refusal={refusal}
          busy={resume.isPending}
          onClick={() => resume.mutate({ id })}
        >
          Resume
        </Button>
      ) : null}
      {status === 'running' || status === 'paused' ? (
        <Button look="danger" icon={<IconPlayerStop {...stroke} />} refusal={refusal} onClick={() => setStopping(true)}>
          Stop…
        </Button>
      ) : null}
      {status === 'finished' && job.failed > 0 ? (
        <Button
          look="primary"
          icon={<IconRefresh {...stroke} />}
          refusal={refusal}
          busy={retry.isPending}
          onClick={() => retry.mutate({ id })}
        >
          {`Try ${job.failed.toLocaleString('en')} failed again`}
        </Button>
      ) : null}
      <Dialog
        opened={stopping}
        onClose={() => setStopping(false)}
        title="Stop the job?"
        action="Stop the job"
        danger
        escape="lets it run"
        busy={stop.isPending}
        error={stop.error}
        onAction={() => stop.mutate({ id })}
      >
        <p className="t2">
          {`${countedInstances(left)} ${left === 1 ? 'is' : 'are'} left as ${left === 1 ? 'it is' : 'they are'}. What was ${ACTION_WORDS[job.request.action].done.toLowerCase()} stays so, and a stopped job is not taken up again.`}
        </p>
      </Dialog>
    </>
  );
}
