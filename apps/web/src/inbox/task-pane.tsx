import { Textarea } from '@mantine/core';
import { IconArrowUpRight, IconCheck, IconClock, IconCloudCheck, IconHandGrab, IconHandOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { Json } from '@perdure/graph';
import type { TaskDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMay, useMe } from '../api/use-me.ts';
import { versionWords } from '../components/version-words.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { isFormSchema } from '../components/is-form-schema.ts';
import { JsonField, readJson } from '../components/json-field.tsx';
import { formatLeft, formatMomentShort, useNow } from '../components/moment.ts';
import type { SchemaFormHandle } from '../components/schema-form.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { useKeys } from '../components/use-keys.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { ContextCard } from './context-card.tsx';
import { outcomeKeys } from './outcome-keys.ts';
import { useTaskDraft, type DraftState } from './use-task-draft.ts';

const SchemaForm = lazy(() => import('../components/schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

type Outcome = TaskDetail['outcomes'][number];

/** One task: what it is about, the form, and the outcomes as buttons. `onDecided` opens the next one. */
export function TaskPane({ task, onDecided }: { task: TaskDetail; onDecided: () => void }) {
  const me = useMe().data?.user.id;
  const mayDecide = useMay('task.decide');
  const queries = useQueryClient();
  const open = task.status === 'open';
  const mine = task.assignee?.id === me;
  const others = task.assignee !== null && !mine;
  const refusal = !mayDecide
    ? 'Your role may not decide tasks'
    : others
      ? `${task.assignee?.name ?? 'Somebody'} claimed this task${task.claimedAt === null ? '' : ` at ${formatMomentShort(task.claimedAt)}`}`
      : null;
  const readOnly = !open || refusal !== null;

  const [value, setValue] = useState<Json>(() => task.draft ?? (open ? {} : task.data));
  const [text, setText] = useState(() => JSON.stringify(task.draft ?? {}, null, 2));
  const [comment, setComment] = useState(task.comment ?? '');
  const [confirming, setConfirming] = useState<Outcome | null>(null);
  const form = useRef<SchemaFormHandle>(null);
  /** Defaults that the form fills in by itself are not a draft. */
  const touched = useRef(false);
  const draft = useTaskDraft(task.id, task.draftSavedAt);
  const hasForm = isFormSchema(task.formSchema);
  const hasJson = task.formSchema !== null && !hasForm;

  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
  const onRefused = (error: unknown) => {
    // Somebody was faster: say who, and show what is true now.
    toastError(error);
    refresh();
  };
  const claim = useMutation(trpc.tasks.claim.mutationOptions({ onSuccess: refresh, onError: onRefused }));
  const release = useMutation(trpc.tasks.release.mutationOptions({ onSuccess: refresh, onError: onRefused }));
  const decide = useMutation(
    trpc.tasks.decide.mutationOptions({
      onSuccess: (_nothing, decision) => {
        draft.forget();
        setConfirming(null);
        toast({
          title: `Decided: ${task.outcomes.find((outcome) => outcome.port === decision.outcome)?.label ?? decision.outcome}`,
          detail: task.title,
        });
        onDecided();
        refresh();
      },
      onError: (error) => {
        setConfirming(null);
        if (describeError(error).fields.length > 0)
          toast({
            shape: 'failed',
            title: describeError(error).title,
            detail: describeError(error)
              .fields.map(({ message }) => message)
              .join(' '),
          });
        else onRefused(error);
      },
    }),
  );

  const send = (outcome: Outcome) => {
    const json = hasJson ? readJson(text) : null;
    const data = hasForm ? value : json?.ok ? json.value : null;
    decide.mutate({ id: task.id, outcome: outcome.port, data, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
  };
  const choose = (outcome: Outcome) => {
    if (readOnly || decide.isPending) return;
    if (hasForm && !(form.current?.check() ?? true)) return;
    if (hasJson && !readJson(text).ok) return;
    // A refusal cannot be taken back and one key triggers it: ask, and take the reason along.
    if (outcome.tone === 'danger') setConfirming(outcome);
    else send(outcome);
  };

  const keys = useMemo(() => outcomeKeys(task.outcomes), [task.outcomes]);
  const primary =
    task.outcomes.find((outcome) => outcome.tone === 'primary') ?? (task.outcomes.length === 1 ? task.outcomes[0] : undefined);
  useKeys({
    ...Object.fromEntries(
      task.outcomes.flatMap((outcome) => (keys.has(outcome.port) ? [[keys.get(outcome.port) ?? '', () => choose(outcome)]] : [])),
    ),
    c: () => {
      if (open && task.assignee === null && mayDecide) claim.mutate({ id: task.id });
    },
    u: () => {
      if (open && mine) release.mutate({ id: task.id });
    },
  });
  const onPrimary = useRef<() => void>(() => {});
  useEffect(() => {
    onPrimary.current = () => {
      if (primary && !readOnly) choose(primary);
    };
  });
  useEffect(() => {
    // Also from inside a field, where single keys are text.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      onPrimary.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <section className="task" aria-label="Task">
      <header className="thead">
        <div className="row g8">
          <h2 className="grow ell" title={task.title}>
            {task.title}
          </h2>
          {!open ? null : mine ? (
            <Button
              look="ghost"
              size="sm"
              icon={<IconHandOff className="ic" stroke={1.8} />}
              keys={['u']}
              busy={release.isPending}
              onClick={() => release.mutate({ id: task.id })}
            >
              Release
            </Button>
          ) : task.assignee === null ? (
            <Button
              size="sm"
              icon={<IconHandGrab className="ic" stroke={1.8} />}
              keys={['c']}
              refusal={mayDecide ? null : refusal}
              busy={claim.isPending}
              onClick={() => claim.mutate({ id: task.id })}
            >
              Claim
            </Button>
          ) : (
            <span className="s12 t2">{refusal}</span>
          )}
        </div>
        <div className="row g8 s12 t2" style={{ marginTop: 4 }}>
          <span className="ell">
            {task.workflowTitle} {versionWords(task.version)}, created {formatMomentShort(task.createdAt)}
          </span>
          <Link to="/instances/$id" params={{ id: task.instanceId }} className="lnk row g4 nowrap">
            Open instance
            <IconArrowUpRight className="ic" size={12} stroke={1.8} />
          </Link>
          <span className="grow" />
          {open && task.dueAt !== null ? <DueLine dueAt={task.dueAt} /> : null}
        </div>
      </header>
      <div className="tbody" tabIndex={-1}>
        {open ? null : <Closed task={task} me={me} onNext={onDecided} />}
        {task.description === null ? null : <p className="desc">{task.description}</p>}
        <ContextCard context={task.context} />
        <div className="dec">
          <h3 className="grow">{open ? 'Your decision' : 'Decision'}</h3>
          {open ? <DraftLine state={draft.state} /> : null}
        </div>
        <div
          style={{ display: 'grid', gap: 14 }}
          onChangeCapture={() => (touched.current = true)}
          onClickCapture={(event) => {
            if (event.target instanceof HTMLElement && event.target.closest('button, label, [role="option"]')) touched.current = true;
          }}
        >
          {hasForm ? (
            <Suspense fallback={<Skeleton height={64} />}>
              <SchemaForm
                id="task"
                label="Form"
                schema={task.formSchema}
                value={value}
                readOnly={readOnly}
                handle={form}
                onChange={(next) => {
                  setValue(next);
                  if (touched.current && open) draft.change(next);
                }}
              />
            </Suspense>
          ) : null}
          {hasJson ? (
            <JsonField
              label="Data"
              value={text}
              rows={4}
              onChange={(next) => {
                setText(next);
                const read = readJson(next);
                if (read.ok) draft.change(read.value);
              }}
            />
          ) : null}
        </div>
        {open || comment !== '' ? (
          <Textarea
            mt={task.formSchema === null ? 0 : 14}
            label="Comment"
            value={comment}
            readOnly={readOnly}
            onChange={(event) => setComment(event.currentTarget.value)}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={4_000}
          />
        ) : null}
      </div>
      {open ? (
        <footer className="outc" aria-label="Outcomes" role="group">
          <span className="grow s12 t3 ell" style={{ minWidth: 60 }}>
            {refusal}
          </span>
          {ordered(task.outcomes).map((outcome) => (
            <Button
              key={outcome.port}
              size="lg"
              look={outcome.tone === 'primary' ? 'primary' : outcome.tone === 'danger' ? 'danger' : 'plain'}
              icon={outcome.tone === 'primary' ? <IconCheck className="ic" stroke={1.8} /> : undefined}
              {...(keys.has(outcome.port) ? { keys: [keys.get(outcome.port) ?? ''] } : {})}
              refusal={refusal}
              busy={decide.isPending && decide.variables.outcome === outcome.port}
              onClick={() => choose(outcome)}
            >
              {outcome.tone === 'danger' ? `${outcome.label}…` : outcome.label}
            </Button>
          ))}
        </footer>
      ) : null}
      {confirming ? (
        <Dialog
          opened
          onClose={() => setConfirming(null)}
          title={`${confirming.label}: ${task.title}`}
          action={confirming.label}
          danger
          escape="keeps it open"
          busy={decide.isPending}
          onAction={() => send(confirming)}
        >
          <p className="t2" style={{ marginBottom: 14 }}>
            The workflow goes on at once. This cannot be taken back.
          </p>
          <Textarea
            label={
              <>
                Comment <span className="t3 b4">kept in the history</span>
              </>
            }
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            data-autofocus
            autosize
            minRows={2}
            maxLength={4_000}
          />
        </Dialog>
      ) : null}
    </section>
  );
}

/** Neutral ones first, the primary one last: it stands where the eye and the hand end. */
function ordered(outcomes: Outcome[]): Outcome[] {
  const rank = { neutral: 0, danger: 1, primary: 2 };
  return outcomes.toSorted((a, b) => rank[a.tone] - rank[b.tone]);
}

function DueLine({ dueAt }: { dueAt: string }) {
  const now = useNow(30_000);
  const late = Date.parse(dueAt) < now;
  return (
    <span className={late ? 'row g4 b5 num nowrap due over' : 'row g4 b5 t1 num nowrap'}>
      {late ? <StatusIcon shape="warning" size={12} /> : <IconClock className="ic" size={13} stroke={1.8} />}
      Due {formatMomentShort(dueAt, now)}, {formatLeft(dueAt, now)}
    </span>
  );
}

function DraftLine({ state }: { state: DraftState }) {
  if (state.kind === 'none') return null;
  return (
    <span className="row g4 s12 t3" role="status">
      {state.kind === 'saved' ? (
        <>
          <IconCloudCheck className="ic" size={14} stroke={1.8} />
          Draft saved {formatMomentShort(state.at)}
        </>
      ) : state.kind === 'saving' ? (
        'Saving…'
      ) : (
        <>
          <StatusIcon shape="warning" size={12} />
          Draft not saved, kept on this page
        </>
      )}
    </span>
  );
}

function Closed({ task, me, onNext }: { task: TaskDetail; me: string | undefined; onNext: () => void }) {
  const label = task.outcomes.find((outcome) => outcome.port === task.outcome)?.label ?? task.outcome;
  const at = task.closedAt === null ? '' : ` at ${formatMomentShort(task.closedAt)}`;
  const words =
    task.status === 'decided'
      ? `Already decided: ${task.decidedBy?.id === me ? 'you' : (task.decidedBy?.name ?? 'somebody')} chose ${label ?? 'an outcome'}${at}.`
      : task.status === 'expired'
        ? `The deadline passed${at}. The instance went on through Overdue.`
        : `No longer needed${at}: the instance went on without it.`;
  return (
    <div className="closed-note" role="status">
      <StatusIcon shape={task.status === 'decided' ? 'completed' : task.status === 'expired' ? 'warning' : 'canceled'} />
      <span className="grow">{words}</span>
      <button type="button" className="plain lnk" onClick={onNext}>
        Next task
      </button>
    </div>
  );
}
