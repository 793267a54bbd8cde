import { Textarea } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { StuckCause } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { BulkDialog } from '../bulk/bulk-dialog.tsx';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment, useNow } from '../components/moment.ts';
import { toast, toastError } from '../components/toast.tsx';
import { useKeys } from '../components/use-keys.ts';
import { InstanceTable } from '../instances/instance-table.tsx';
import { STANDARD_COLUMNS } from '../instances/columns.ts';
import { STUCK_WORDS } from '../instances/stuck-words.ts';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { agoWords } from './incident-table.tsx';
import './incidents.css';

const SHOWN = 50;

/** One incident: what fails, since when, how often, and the instances that are failed or stuck in it now. */
export function IncidentPage() {
  const { fingerprint } = useParams({ from: '/shell/incidents/$fingerprint' });
  const incident = useQuery(trpc.incidents.get.queryOptions({ fingerprint }));
  const instances = useQuery(trpc.instances.list.queryOptions({ incident: fingerprint, limit: SHOWN }));
  const queries = useQueryClient();
  const now = useNow(10_000);
  const [ignoring, setIgnoring] = useState(false);
  const [reason, setReason] = useState('');
  const [retrying, setRetrying] = useState(false);
  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.incidents.pathKey() });
  const ignore = useMutation(
    trpc.incidents.ignore.mutationOptions({
      onSuccess: () => {
        setIgnoring(false);
        toast({ title: 'The incident is ignored', detail: 'It is not counted as open any more.' });
        refresh();
      },
    }),
  );
  const heed = useMutation(trpc.incidents.heed.mutationOptions({ onSuccess: refresh, onError: toastError }));
  const row = incident.data;
  useDocumentTitle(row?.message || row?.code || 'Incident');
  const refusal = useRefusal('instance.operate', row?.folder ?? null);
  useKeys({
    r: () => {
      if (refusal === null && row?.kind === 'failure' && row.open > 0) setRetrying(true);
    },
  });
  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[{ label: 'Incidents', to: { to: '/incidents' } }]} current={row?.title || row?.code || 'Incident'} />
        <span className="grow" />
        {row === undefined ? null : (
          <>
            {row.ignored === null ? (
              <Button refusal={refusal} onClick={() => setIgnoring(true)}>
                Ignore…
              </Button>
            ) : (
              <Button refusal={refusal} busy={heed.isPending} onClick={() => heed.mutate({ fingerprint })}>
                Count it again
              </Button>
            )}
            <Link className="btn" to="/instances" search={{ view: 'all', incident: fingerprint }}>
              Show in the list
            </Link>
            {row.kind === 'failure' ? (
              <Button
                look="primary"
                icon={<IconRefresh className="ic" stroke={1.8} />}
                keys={['R']}
                refusal={refusal ?? (row.open === 0 ? 'No instance is failed in it any more' : null)}
                onClick={() => setRetrying(true)}
              >
                {row.open === 0 ? 'Retry' : `Retry ${row.open.toLocaleString('en')}…`}
              </Button>
            ) : null}
          </>
        )}
      </TopBar>
      <Loaded query={incident} rows={6} label="Loading the incident">
        {(row) => (
          <>
            <section className="incident-head" aria-label="Incident">
              <div className="message">
                <span style={{ paddingTop: 4 }}>
                  <StatusIcon
                    shape={row.kind === 'stuck' ? 'warning' : 'failed'}
                    size={16}
                    label={row.kind === 'stuck' ? 'Stuck' : 'Failed'}
                  />
                </span>
                <span style={{ minWidth: 0 }}>
                  <h2>{row.message === '' ? row.code : row.message}</h2>
                  <span className="t2">
                    <Link to="/workflows/$key" params={{ key: row.workflowKey }} className="lnk">
                      {row.workflowTitle}
                    </Link>
                    {row.title === '' ? '' : `, ${row.title}`} <span className="mono t3">{row.code}</span>
                  </span>
                  {row.ignored === null ? null : (
                    <p className="t2">
                      Ignored by {row.ignored.by} on {formatMoment(row.ignored.at)}: {row.ignored.reason}
                    </p>
                  )}
                  {row.kind === 'stuck' ? <p className="t2">{STUCK_WORDS[row.code as StuckCause]?.advice}</p> : null}
                </span>
              </div>
              <div className="incident-facts">
                <Fact label={row.kind === 'stuck' ? 'Stuck now' : 'Failed now'} value={row.open.toLocaleString('en')} />
                <Fact label="Seen ever" value={row.failures.toLocaleString('en')} />
                <Fact label="First seen" value={formatMoment(row.firstSeenAt)} />
                <Fact label="Last seen" value={agoWords(row.lastSeenAt, now)} />
              </div>
            </section>
            <div className="twrap">
              <Loaded query={instances} rows={6} label="Loading instances">
                {({ rows }) =>
                  rows.length > 0 ? (
                    <InstanceTable rows={rows} columns={STANDARD_COLUMNS} density="comfortable" />
                  ) : (
                    <p className="t3" style={{ padding: 20 }}>
                      No instance is {row.kind === 'stuck' ? 'stuck' : 'failed'} in this incident any more.
                    </p>
                  )
                }
              </Loaded>
            </div>
          </>
        )}
      </Loaded>
      {retrying ? <BulkDialog action="retry" filter={{ incident: fingerprint }} onClose={() => setRetrying(false)} /> : null}
      <Dialog
        opened={ignoring}
        onClose={() => setIgnoring(false)}
        title="Ignore this incident?"
        action="Ignore the incident"
        onAction={() => ignore.mutate({ fingerprint, reason })}
        busy={ignore.isPending}
        error={ignore.error}
        refusal={reason.trim() === '' ? 'Say why' : null}
      >
        <p>
          Its {row?.open ?? 0} {row?.open === 1 ? 'instance stays' : 'instances stay'} as they are. New failures of the same kind are still
          counted, but not shown as open.
        </p>
        <Textarea
          mt={12}
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
          autosize
          minRows={2}
          maxLength={1_000}
        />
      </Dialog>
    </>
  );
}

/** By cause: what it means, and what can be done. */
function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <div className="s12 t2 b5">{label}</div>
      <div className="big num ell">{value}</div>
    </div>
  );
}
