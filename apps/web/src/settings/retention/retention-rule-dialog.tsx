import { Checkbox, NativeSelect, NumberInput, Switch } from '@mantine/core';
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FinishedStatus, RetentionPreviewResult, RetentionRuleRow } from '@perdure/server/contract';
import { describeError } from '../../api/describe-error.ts';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { formatMoment } from '../../components/moment.ts';
import { toast } from '../../components/toast.tsx';
import { ReasonField } from '../../instances/acting/reason-field.tsx';
import { FINISHED, goesNow, instancesInWords, scopeInWords } from './retention-words.ts';

const isDays = (days: number | ''): days is number => days !== '' && Number.isInteger(days) && days >= 0 && days <= 36_500;

/** Makes rules, one for each status, or changes what one says. Shows exactly what would go. */
export function RetentionRuleDialog({ rule, onClose }: { rule: RetentionRuleRow | null; onClose: () => void }) {
  const [workflowKey, setWorkflowKey] = useState(rule?.workflowKey ?? null);
  const [statuses, setStatuses] = useState<FinishedStatus[]>(rule === null ? ['Completed'] : [rule.status]);
  const [days, setDays] = useState<number | ''>(rule?.afterDays ?? 90);
  const [never, setNever] = useState(rule !== null && rule.afterDays === null);
  const [archive, setArchive] = useState(rule?.archive ?? true);
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const workflows = useQuery(trpc.workflows.list.queryOptions({}, { enabled: rule === null }));
  const isNever = never && workflowKey !== null;
  const previews = useQueries({
    queries:
      isNever || !isDays(days)
        ? []
        : statuses.map((status) =>
            trpc.retention.preview.queryOptions({ workflowKey, status, afterDays: days }, { placeholderData: keepPreviousData }),
          ),
  });
  const found = previews.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const isCounted = found.length === previews.length && previews.every(({ isPlaceholderData }) => !isPlaceholderData);
  const due = found.reduce((sum, one) => sum + goesNow(one, archive), 0);
  const done = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.retention.pathKey() });
    toast({
      title: rule === null ? 'The rule is set' : 'The rule is changed',
      detail: due > 0 ? 'What is due is purged now, a little at a time.' : '',
    });
    onClose();
  };
  const add = useMutation(trpc.retention.add.mutationOptions({ onSuccess: done }));
  const change = useMutation(trpc.retention.change.mutationOptions({ onSuccess: done }));
  const error = add.error ?? change.error;
  const fields = error === null ? [] : describeError(error).fields;
  const wrong = (name: string) => fields.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message;
  const afterDays = isNever ? null : days;
  const verb = rule === null ? 'Set the rule' : 'Change the rule';
  return (
    <Dialog
      opened
      onClose={onClose}
      size={560}
      title={rule === null ? 'New retention rule' : `Rule for ${scopeInWords(rule)}, ${rule.status}`}
      action={due > 0 ? `${verb} and purge ${instancesInWords(due)}` : verb}
      danger={due > 0}
      busy={add.isPending || change.isPending}
      error={fields.length > 0 ? undefined : error}
      refusal={
        statuses.length === 0
          ? 'Choose a status'
          : !isNever && !isDays(days)
            ? 'Give a number of days from 0 to 36,500'
            : !isCounted
              ? 'What is due is being counted'
              : reason.trim() === ''
                ? 'Give a reason'
                : null
      }
      onAction={() => {
        if (afterDays === '') return;
        if (rule === null) add.mutate({ workflowKey, statuses, afterDays, archive, reason });
        else change.mutate({ id: rule.id, afterDays, archive, reason });
      }}
    >
      <div className="retention-form">
        {rule === null ? (
          <>
            <NativeSelect
              label="Instances of"
              data-autofocus
              value={workflowKey ?? ''}
              error={wrong('workflowKey')}
              data={[
                { value: '', label: 'All workflows without a rule of their own' },
                ...(workflows.data ?? []).map(({ key, title }) => ({ value: key, label: title })),
              ]}
              onChange={(event) => setWorkflowKey(event.currentTarget.value === '' ? null : event.currentTarget.value)}
            />
            <Checkbox.Group
              label="That are"
              value={statuses}
              error={wrong('statuses')}
              // The boxes have no other values.
              onChange={(next) => setStatuses(FINISHED.filter((status) => next.includes(status)))}
            >
              <div className="retention-statuses">
                {FINISHED.map((status) => (
                  <Checkbox key={status} value={status} label={status} />
                ))}
              </div>
            </Checkbox.Group>
          </>
        ) : null}
        {isNever ? null : (
          <NumberInput
            label="Purge them so many days after they ended"
            suffix={days === 1 ? ' day' : ' days'}
            min={0}
            max={36_500}
            clampBehavior="none"
            value={days}
            error={wrong('afterDays')}
            onChange={(next) => setDays(typeof next === 'number' ? next : '')}
          />
        )}
        {workflowKey === null ? null : (
          <Switch
            label="Keep them for ever"
            description="Whatever the rule for all workflows says."
            checked={never}
            onChange={(event) => setNever(event.currentTarget.checked)}
          />
        )}
        {isNever ? null : (
          <Switch
            label="Archive them first"
            description={
              archive ? 'Histories, payloads, tasks and files, into the archive directory.' : 'Off: nothing of them is kept anywhere.'
            }
            error={wrong('archive')}
            checked={archive}
            onChange={(event) => setArchive(event.currentTarget.checked)}
          />
        )}
        {isNever || !isDays(days) ? null : <Preview found={found} due={due} archive={archive} isCounted={isCounted} />}
        <ReasonField value={reason} onChange={setReason} />
        {wrong('reason') === undefined ? null : <p style={{ color: 'var(--failed)' }}>{wrong('reason')}</p>}
      </div>
    </Dialog>
  );
}

const SHOWN = 5;

interface PreviewProps {
  found: RetentionPreviewResult[];
  due: number;
  archive: boolean;
  isCounted: boolean;
}

function Preview({ found, due, archive, isCounted }: PreviewProps) {
  const kept = archive ? found.reduce((sum, one) => sum + one.unreadable, 0) : 0;
  const held = found.reduce((sum, one) => sum + one.held, 0);
  const sample = found
    .flatMap((one) => one.sample)
    .toSorted((a, b) => a.completedAt.localeCompare(b.completedAt))
    .slice(0, SHOWN);
  return (
    <div className="retention-preview" role="status" aria-busy={!isCounted}>
      <span className="b6 num">
        {isCounted ? (due === 0 ? 'Nothing is due now' : `${instancesInWords(due)} ${due === 1 ? 'is' : 'are'} due now`) : 'Counting…'}
      </span>
      {held > 0 ? (
        <span className="t2">
          {', '}
          {held.toLocaleString('en')} {held === 1 ? 'waits' : 'wait'} for sub-workflows that still run
        </span>
      ) : null}
      {kept > 0 ? (
        <span className="t2">
          , {instancesInWords(kept)} could not be archived and {kept === 1 ? 'stays' : 'stay'}
        </span>
      ) : null}
      {sample.length > 0 ? (
        <ul className="s12">
          {sample.map(({ id, workflowTitle, status, completedAt }) => (
            <li key={id}>
              <span className="mono ell" style={{ flex: 1, minWidth: 0 }}>
                {id}
              </span>
              <span className="t2 ell">
                {workflowTitle}, {status}
              </span>
              <span className="t3 num">{formatMoment(completedAt)}</span>
            </li>
          ))}
          {due > sample.length ? <li className="t3">and {(due - sample.length).toLocaleString('en')} more</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
