import { IconArchive, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RetentionBatchRow, RetentionRuleRow } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { bytesText } from '../../components/bytes-text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { type ListColumn, ListTable, RowActions } from '../../components/list-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { formatMoment } from '../../components/moment.ts';
import { toast } from '../../components/toast.tsx';
import { ReasonField } from '../../instances/acting/reason-field.tsx';
import { StatusIcon } from '../../status/status-icon.tsx';
import { SettingsFrame } from '../settings-frame.tsx';
import { RetentionRuleDialog } from './retention-rule-dialog.tsx';
import { daysInWords, goesNow, instancesInWords, scopeInWords } from './retention-words.ts';
import './retention.css';

type Open = { kind: 'new' } | { kind: 'change' | 'remove'; rule: RetentionRuleRow } | null;

const REFETCH_MS = 5_000;
const RULE_COLUMNS: readonly ListColumn[] = [
  { title: 'Instances of', width: '22%' },
  { title: 'Status', width: 110 },
  { title: 'Purged' },
  { title: 'Due now', width: 120, align: 'end' },
  { title: 'Purged so far', width: 110, align: 'end' },
  { title: 'Actions', width: 170, actions: true },
];
const BATCH_COLUMNS: readonly ListColumn[] = [
  { title: 'When', width: 142 },
  { title: 'Rule', width: '22%' },
  { title: 'Purged', width: 120, align: 'end' },
  { title: 'Archive' },
  { title: 'Size', width: 100, align: 'end' },
];

/** The rules by which finished instances are let go, what each would purge now, and what was. */
export function RetentionPage() {
  const list = useQuery(trpc.retention.list.queryOptions(undefined, { refetchInterval: REFETCH_MS }));
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const newRule = (
    <Button look="primary" icon={<IconPlus className="ic" stroke={1.8} />} onClick={() => setOpen({ kind: 'new' })}>
      New rule…
    </Button>
  );
  return (
    <SettingsFrame title="Retention" actions={newRule}>
      <div className="scroll settings-page">
        {list.data?.archives === false ? (
          <div className="banner" role="note">
            <StatusIcon shape="warning" />
            <span>
              No archive directory is set, so rules can only purge without one. Set <span className="mono">PERDURE_ARCHIVE_DIR</span> and
              start Perdure again.
            </span>
          </div>
        ) : null}
        <p className="settings-lead">
          What has ended is kept until a rule lets it go: archived into a file first, then purged with its history, tasks and files. What
          still runs, or has sub-workflows that run, is never touched.
        </p>
        <Loaded query={list} rows={4} height={48} label="Loading the rules">
          {({ rules, batches }) => (
            <>
              {rules.length === 0 ? (
                <EmptyState
                  icon={<IconArchive className="ic" stroke={1.8} />}
                  title="Everything is kept"
                  actions={
                    <Button look="primary" onClick={() => setOpen({ kind: 'new' })}>
                      New rule…
                    </Button>
                  }
                >
                  Without a rule, finished instances and their histories stay for ever.
                </EmptyState>
              ) : (
                <ListTable label="Retention rules" className="retention-list" columns={RULE_COLUMNS}>
                  {rules.map((rule) => (
                    <RuleRow
                      key={rule.id}
                      rule={rule}
                      onChange={() => setOpen({ kind: 'change', rule })}
                      onRemove={() => setOpen({ kind: 'remove', rule })}
                    />
                  ))}
                </ListTable>
              )}
              {batches.length > 0 ? (
                <>
                  <h2>What was purged</h2>
                  <ListTable label="What was purged" className="retention-list" columns={BATCH_COLUMNS}>
                    {batches.map((batch) => (
                      <BatchRow key={batch.id} batch={batch} />
                    ))}
                  </ListTable>
                </>
              ) : null}
            </>
          )}
        </Loaded>
      </div>
      {open?.kind === 'new' ? <RetentionRuleDialog rule={null} onClose={close} /> : null}
      {open?.kind === 'change' ? <RetentionRuleDialog rule={open.rule} onClose={close} /> : null}
      {open?.kind === 'remove' ? <RemoveDialog rule={open.rule} onClose={close} /> : null}
    </SettingsFrame>
  );
}

function RuleRow({ rule, onChange, onRemove }: { rule: RetentionRuleRow; onChange: () => void; onRemove: () => void }) {
  const name = `${scopeInWords(rule)}, ${rule.status}`;
  const keeps = rule.archive && rule.unreadable.count > 0;
  return (
    <>
      <tr>
        <td className="ell b5">{scopeInWords(rule)}</td>
        <td className="t2">{rule.status}</td>
        <td>
          {daysInWords(rule.afterDays)}
          <div className="s12 t3">{rule.afterDays === null ? 'Kept for ever' : rule.archive ? 'Archived first' : 'Without an archive'}</div>
        </td>
        <td className="num end">
          {rule.afterDays === null ? <span className="t3">–</span> : <DueNow rule={rule} afterDays={rule.afterDays} />}
        </td>
        <td className="num end t2">{rule.purged.toLocaleString('en')}</td>
        <RowActions>
          <Button size="sm" look="ghost" aria-label={`Change the rule for ${name}`} onClick={onChange}>
            Change…
          </Button>
          <Button size="sm" look="ghost" aria-label={`Remove the rule for ${name}`} onClick={onRemove}>
            Remove…
          </Button>
        </RowActions>
      </tr>
      {rule.trouble === null && !keeps ? null : (
        <tr className="retention-kept">
          <td colSpan={RULE_COLUMNS.length}>
            {rule.trouble === null ? null : (
              <p className="row g6 st-warning">
                <StatusIcon shape="warning" size={13} />
                {rule.trouble}
              </p>
            )}
            {keeps ? <Unreadable {...rule.unreadable} /> : null}
          </td>
        </tr>
      )}
    </>
  );
}

/** What the rule keeps although it is due: an archive of it would not be whole. */
function Unreadable({ count, first }: RetentionRuleRow['unreadable']) {
  return (
    <div className="retention-unreadable">
      <p className="row g6 st-warning">
        <StatusIcon shape="warning" size={13} />
        {instancesInWords(count)} could not be archived whole, and {count === 1 ? 'stays' : 'stay'}:
      </p>
      <ul>
        {first.map(({ id, why }) => (
          <li key={id}>
            <Link to="/instances/$id" params={{ id }} className="lnk mono ell">
              {id}
            </Link>
            <span className="t2">{why}</span>
          </li>
        ))}
        {count > first.length ? <li className="t3">and {(count - first.length).toLocaleString('en')} more</li> : null}
      </ul>
    </div>
  );
}

/** Counted exactly, each rule for itself, so that the page does not wait for it. */
function DueNow({ rule: { workflowKey, status, archive, purged }, afterDays }: { rule: RetentionRuleRow; afterDays: number }) {
  const preview = useQuery(trpc.retention.preview.queryOptions({ workflowKey, status, afterDays }, { refetchInterval: 12 * REFETCH_MS }));
  const { data } = preview;
  if (data === undefined) return <span className="t3">{preview.isError ? 'Not known' : 'Counting…'}</span>;
  return (
    <span key={purged}>
      {goesNow(data, archive).toLocaleString('en')}
      {data.held > 0 ? <div className="s12 t3">{data.held.toLocaleString('en')} held by sub-workflows</div> : null}
    </span>
  );
}

function BatchRow({ batch }: { batch: RetentionBatchRow }) {
  const { createdAt, workflowKey, status, instances, purged, file, bytes, finished } = batch;
  return (
    <tr>
      <td className="num t2">{formatMoment(createdAt)}</td>
      <td className="ell">
        {workflowKey ?? 'All workflows'}, {status}
      </td>
      <td className="num end">
        {finished ? purged.toLocaleString('en') : <span className="t2">Of {instances.toLocaleString('en')}, now</span>}
      </td>
      <td className="ell mono s12" title={file ?? undefined}>
        {file ?? <span className="t3">{finished ? 'None' : 'Not yet'}</span>}
      </td>
      <td className="num end t2">{bytes === null ? '' : bytesText(bytes)}</td>
    </tr>
  );
}

function RemoveDialog({ rule, onClose }: { rule: RetentionRuleRow; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.retention.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.retention.pathKey() });
        toast({ title: 'The rule is removed' });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Remove the rule for ${scopeInWords(rule)}, ${rule.status}?`}
      action="Remove the rule"
      danger
      busy={remove.isPending}
      error={remove.error}
      refusal={reason.trim() === '' ? 'Give a reason' : null}
      onAction={() => remove.mutate({ id: rule.id, reason })}
    >
      <div className="retention-form">
        <p className="t2">
          {rule.workflowKey === null
            ? 'From now on they are kept, also those a purge under way has not reached yet.'
            : 'From now on the rule for all workflows counts for them; without one they are kept.'}{' '}
          {rule.purged === 0 ? 'It has purged nothing yet.' : `The ${instancesInWords(rule.purged)} it has purged do not come back.`}
        </p>
        <ReasonField value={reason} onChange={setReason} focus />
      </div>
    </Dialog>
  );
}
