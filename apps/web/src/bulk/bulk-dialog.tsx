import { Checkbox, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { BulkAction, BulkPreview, BulkRequest, InstanceFilterInput } from '@perdure/server/contract';
import { describeError, errorText } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useRefusals } from '../api/use-refusal.ts';
import { Dialog } from '../components/dialog.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import { SkeletonRows } from '../components/skeleton.tsx';
import { toast } from '../components/toast.tsx';
import { versionWords } from '../components/version-words.ts';
import { ReasonField } from '../instances/acting/reason-field.tsx';
import { WhereAndWhy } from '../instances/where-and-why.tsx';
import { StatusIcon, statusShape } from '../status/status-icon.tsx';
import { ACTION_WORDS, countedInstances, requestWords } from './bulk-words.ts';
import './bulk.css';

const SAMPLED = 4;
const MOST_IDS = 1_000;

/** What cannot be undone asks why; the server asks, too. */
const NEEDS_REASON: ReadonlySet<BulkAction> = new Set(['terminate', 'purge', 'migrate']);

interface BulkDialogProps {
  action: BulkAction;
  /** What was chosen. It is kept as it was when the dialog opened. */
  filter: InstanceFilterInput;
  /** Of the first of them: where a migration begins. */
  workflowKey?: string | undefined;
  onClose: () => void;
  onStarted?: () => void;
}

/** One action over all that was chosen: how many exactly, which ones, who is left out and why; then a job does it. */
export function BulkDialog({ action, filter: chosen, workflowKey = '', onClose, onStarted }: BulkDialogProps) {
  const [filter] = useState(chosen);
  const [reason, setReason] = useState('');
  const [recursive, setRecursive] = useState(true);
  const [target, setTarget] = useState<{ workflowKey: string; version: number | null }>({ workflowKey, version: null });
  const [event, setEvent] = useState('');
  const [text, setText] = useState('');
  const [typed, setTyped] = useState('');
  const data = readJson(text);
  const versions = useQuery(
    trpc.workflows.versions.queryOptions({ key: target.workflowKey }, { enabled: action === 'migrate' && target.workflowKey !== '' }),
  );
  const version = target.version ?? versions.data?.[0]?.version ?? null;
  const request = requestOf(action, { recursive, workflowKey: target.workflowKey, version, name: event.trim(), data });
  const asked = previewRequestOf(action, request);
  const tooMany = (filter.ids?.length ?? 0) > MOST_IDS;
  const preview = useQuery(
    trpc.bulk.preview.queryOptions(
      { request: asked ?? { action: 'suspend' }, filter },
      // What was looked at is what is done: it does not change under somebody's eyes.
      { enabled: asked !== null && !tooMany, staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false },
    ),
  );
  const queries = useQueryClient();
  const navigate = useNavigate();
  const start = useMutation(
    trpc.bulk.create.mutationOptions({
      onSuccess: ({ id }, { request: made, expected }) => {
        onClose();
        onStarted?.();
        void queries.invalidateQueries({ queryKey: trpc.bulk.pathKey() });
        toast({
          shape: 'running',
          title: requestWords(made, expected, 'doing'),
          detail: 'It goes on when you leave.',
          name: id,
          action: { label: 'Show', run: () => void navigate({ to: '/jobs/$id', params: { id } }) },
        });
      },
      onError: (error) => {
        if (isOutdated(error)) void preview.refetch();
      },
    }),
  );
  const words = ACTION_WORDS[action];
  const found = preview.data;
  const count = found?.eligible ?? 0;
  const named = action === 'raiseEvent' ? 'Raise' : words.verb;
  /** Counted, and none is left. */
  const nothing = found !== undefined && count === 0;
  const why =
    tooMany && filter.ids !== undefined
      ? `At most ${MOST_IDS.toLocaleString('en')} rows can be ticked. Select all that match instead`
      : action === 'migrate' && version === null
        ? 'Choose a version'
        : found === undefined
          ? preview.isError
            ? 'It could not be counted'
            : 'Being counted'
          : count === 0
            ? 'There is nothing it could be done to'
            : count > found.most
              ? `A job takes at most ${countedInstances(found.most)}. Narrow the filter`
              : action === 'raiseEvent' && event.trim() === ''
                ? 'Name the event'
                : !data.ok
                  ? 'Correct the data first'
                  : action === 'purge' && typed.trim().replaceAll(',', '') !== String(count)
                    ? `Type ${count.toLocaleString('en')} to confirm`
                    : NEEDS_REASON.has(action) && reason.trim() === ''
                      ? 'Give a reason'
                      : null;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={titleOf(action, found, version)}
      action={found === undefined || count === 0 ? named : `${named} ${count.toLocaleString('en')}`}
      danger={action === 'terminate' || action === 'purge'}
      {...(action === 'terminate' || action === 'purge' ? { escape: count === 1 ? 'keeps it' : 'keeps them' } : {})}
      size={500}
      busy={start.isPending}
      error={start.error}
      refusal={why}
      onAction={() => {
        if (request !== null && found !== undefined)
          start.mutate({ request, filter, reason: reason.trim(), asOf: found.asOf, expected: found.eligible });
      }}
    >
      <div className="bulk-dialog">
        {nothing ? null : <p className="t2">{words.meaning}</p>}
        {action === 'migrate' ? <MigrationTarget target={{ ...target, version }} onChange={setTarget} /> : null}
        {action === 'raiseEvent' ? (
          <>
            <TextInput
              label="Event name"
              value={event}
              onChange={(change) => setEvent(change.currentTarget.value)}
              data-autofocus
              spellCheck={false}
              maxLength={200}
            />
            <JsonField label="Data" description="JSON; empty means null." value={text} onChange={setText} rows={3} />
          </>
        ) : null}
        {preview.isError ? (
          <p role="alert" style={{ color: 'var(--failed)' }}>
            {errorText(preview.error)}
          </p>
        ) : found === undefined ? (
          preview.isFetching ? (
            <SkeletonRows rows={3} label="Counting" />
          ) : null
        ) : (
          <Counted action={action} preview={found} />
        )}
        {nothing ? null : (
          <>
            {action === 'terminate' ? (
              <Checkbox
                label="Also terminate their running sub-workflows"
                checked={recursive}
                onChange={(change) => setRecursive(change.currentTarget.checked)}
              />
            ) : null}
            <ReasonField value={reason} onChange={setReason} focus={action !== 'raiseEvent'} />
            {action === 'purge' ? (
              <TextInput
                label={`Type ${count.toLocaleString('en')} to confirm`}
                value={typed}
                onChange={(change) => setTyped(change.currentTarget.value)}
                inputMode="numeric"
                autoComplete="off"
              />
            ) : null}
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Null: something is missing yet. */
function requestOf(
  action: BulkAction,
  given: { recursive: boolean; workflowKey: string; version: number | null; name: string; data: ReturnType<typeof readJson> },
): BulkRequest | null {
  switch (action) {
    case 'terminate':
      return { action, recursive: given.recursive };
    case 'migrate':
      return given.version === null ? null : { action, workflowKey: given.workflowKey, version: given.version };
    case 'raiseEvent':
      return { action, name: given.name, data: given.data.ok ? given.data.value : null };
    default:
      return { action };
  }
}

/** What decides who is reached: not the event's name, nor whether sub-workflows end with them. So these are not counted anew for. */
function previewRequestOf(action: BulkAction, request: BulkRequest | null): BulkRequest | null {
  if (action === 'terminate') return { action, recursive: false };
  if (action === 'raiseEvent') return { action, name: 'any', data: null };
  return request;
}

function isOutdated(error: unknown): boolean {
  const { code } = describeError(error);
  return code === 'bulk.changed' || code === 'bulk.empty';
}

function titleOf(action: BulkAction, preview: BulkPreview | undefined, version: number | null): string {
  const { verb } = ACTION_WORDS[action];
  if (preview === undefined) return action === 'raiseEvent' ? 'Raise an event' : `${verb} instances`;
  const { eligible } = preview;
  if (eligible === 0) return `Nothing to ${verb.toLowerCase()}`;
  if (action === 'raiseEvent') return `Raise an event in ${countedInstances(eligible)}?`;
  return `${verb} ${countedInstances(eligible)}${action === 'migrate' && version !== null ? ` to ${versionWords(version)}` : ''}?`;
}

/** The newest of those it reaches, how many more there are, and who is left out and why. */
function Counted({ action, preview: { eligible, refused, sample } }: { action: BulkAction; preview: BulkPreview }) {
  const shown = sample.slice(0, SAMPLED);
  const leftOut = refused.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="bulk-counted" aria-live="polite">
      {eligible === 0 && leftOut === 0 ? <p className="bulk-none">Nothing matches what was selected any more.</p> : null}
      {shown.length > 0 ? (
        <ul className="bulk-sample" aria-label="Some of them">
          {shown.map((row) => (
            <li key={row.id}>
              <StatusIcon shape={statusShape(row.status)} size={13} label={row.status} />
              <span className="mono b5 ell">{row.id}</span>
              <span className="t2 ell grow">
                {row.whereabouts === null || row.whereabouts.kind === 'none' ? row.workflowTitle : <WhereAndWhy row={row} />}
              </span>
            </li>
          ))}
          {eligible > shown.length ? (
            <li className="t3">
              <span>and {(eligible - shown.length).toLocaleString('en')} more, counted exactly</span>
            </li>
          ) : null}
        </ul>
      ) : null}
      {leftOut > 0 ? (
        <div className="bulk-left-out">
          <p className="b5">
            {eligible === 0
              ? `${leftOut === 1 ? 'The instance is' : `All ${countedInstances(leftOut)} are`} left out`
              : `${leftOut.toLocaleString('en')} of the ${(eligible + leftOut).toLocaleString('en')} selected ${leftOut === 1 ? 'is' : 'are'} left out`}
          </p>
          <ul aria-label="Left out, by why">
            {refused.map(({ code, message, count }) => (
              <li key={code} className="t2">
                <span className="num">{count.toLocaleString('en')}</span> {message.charAt(0).toLowerCase() + message.slice(1)}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {action === 'retry' && eligible > 0 ? <p className="s12 t3">As long as the cause is there, they fail again.</p> : null}
    </div>
  );
}

function MigrationTarget({
  target,
  onChange,
}: {
  target: { workflowKey: string; version: number | null };
  onChange: (target: { workflowKey: string; version: number | null }) => void;
}) {
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const refusalIn = useRefusals('instance.operate');
  const versions = useQuery(trpc.workflows.versions.queryOptions({ key: target.workflowKey }, { enabled: target.workflowKey !== '' }));
  return (
    <div className="bulk-target">
      <Select
        label="Instances of"
        data={(workflows.data ?? [])
          .filter(({ folder }) => refusalIn(folder) === null)
          .map(({ key, title }) => ({ value: key, label: title }))}
        value={target.workflowKey === '' ? null : target.workflowKey}
        placeholder="Choose a workflow"
        searchable
        allowDeselect={false}
        onChange={(key) => onChange({ workflowKey: key ?? '', version: null })}
      />
      <Select
        label="To version"
        data={(versions.data ?? []).map(({ version, name }) => ({
          value: String(version),
          label: `${versionWords(version)}${name === '' ? '' : `, ${name}`}`,
        }))}
        value={target.version === null ? null : String(target.version)}
        placeholder="There is none"
        allowDeselect={false}
        onChange={(version) => onChange({ ...target, version: version === null ? null : Number(version) })}
      />
    </div>
  );
}
