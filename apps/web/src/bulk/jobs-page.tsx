import { IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BulkJob } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMomentShort } from '../components/moment.ts';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { JOB_STATUS, requestWords, settledCount } from './bulk-words.ts';
import { useJobRefetch } from './job-refetch.ts';
import { JobProgress } from './job-progress.tsx';
import '../instances/instances-page.css';
import './bulk.css';

/** What was done to many instances at once: one's own jobs, and everybody's for who may see all workflows. Newest first. */
export function JobsPage() {
  useDocumentTitle('Jobs');
  const refetchMs = useJobRefetch();
  const list = useQuery(
    trpc.bulk.list.queryOptions(undefined, {
      refetchInterval: (query) => refetchMs(query.state.data?.some(({ status }) => status === 'running') === true),
    }),
  );
  return (
    <>
      <TopBar>
        <h1>Jobs</h1>
        <span style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
      </TopBar>
      <div className="twrap">
        <Loaded query={list} rows={8} label="Loading jobs">
          {(rows) =>
            rows.length > 0 ? (
              <JobTable rows={rows} />
            ) : (
              <EmptyState
                icon={<IconStack2 className="ic" stroke={1.8} />}
                title="No jobs yet"
                actions={
                  <Link className="btn" to="/instances">
                    Show instances
                  </Link>
                }
              >
                Select instances in their list and act on them together. How far that is, and what became of each, is shown here.
              </EmptyState>
            )
          }
        </Loaded>
      </div>
    </>
  );
}

const COLUMNS: readonly ListColumn[] = [
  { title: 'Status', width: 116 },
  { title: 'Job' },
  { title: 'Progress', width: 190 },
  { title: 'Failed', width: 84, align: 'end' },
  { title: 'Skipped', width: 84, align: 'end' },
  { title: 'By', width: 150 },
  { title: 'Started', width: 120 },
];

function JobTable({ rows }: { rows: readonly BulkJob[] }) {
  return (
    <ListTable label="Jobs" className="job-list" columns={COLUMNS}>
      {rows.map((job) => (
        <tr key={job.id}>
          <td>
            <span className="status">
              <StatusIcon shape={JOB_STATUS[job.status].shape} />
              {JOB_STATUS[job.status].label}
            </span>
          </td>
          <td className="ell">
            <Link to="/jobs/$id" params={{ id: job.id }} className="b5">
              {requestWords(job.request, job.total)}
            </Link>
            {job.reason === '' ? null : (
              <span className="t2" style={{ marginLeft: 8 }} title={job.reason}>
                {job.reason}
              </span>
            )}
          </td>
          <td>
            <span className="row g8">
              <JobProgress job={job} />
              <span className="num s12 t2 nowrap">
                {settledCount(job).toLocaleString('en')} of {job.total.toLocaleString('en')}
              </span>
            </span>
          </td>
          <td className={job.failed > 0 ? 'num end b6' : 'num end t3'}>{job.failed.toLocaleString('en')}</td>
          <td className="num end t3">{job.skipped.toLocaleString('en')}</td>
          <td className="t2 ell">{job.requestedBy.name}</td>
          <td className="num t2">{formatMomentShort(job.createdAt)}</td>
        </tr>
      ))}
    </ListTable>
  );
}
