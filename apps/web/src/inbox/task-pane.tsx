import { Textarea } from '@mantine/core';
import { IconCloudCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Json } from '@perdure/graph';
import type { TaskDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Dialog } from '../components/dialog.tsx';
import { isFormSchema } from '../components/is-form-schema.ts';
import { JsonField, readJson } from '../components/json-field.tsx';
import { MarkdownText } from '../components/markdown-text.tsx';
import { formatMomentShort } from '../components/moment.ts';
import type { SchemaFormHandle } from '../components/schema-form.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useKeys } from '../components/use-keys.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { ContextCard } from './context-card.tsx';
import { HandOnDialog } from './hand-on-dialog.tsx';
import { OutcomeBar } from './outcome-bar.tsx';
import { outcomeKeys } from './outcome-keys.ts';
import { TaskHead } from './task-head.tsx';
import { TaskNote } from './task-note.tsx';
import { useTaskActions } from './use-task-actions.ts';
import { useTaskDraft, type DraftState } from './use-task-draft.ts';

const SchemaForm = lazy(() => import('../components/schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

type Outcome = TaskDetail['outcomes'][number];

/** One task: what it is about, the form, and the outcomes as buttons. */
export function TaskPane({
  task,
  isGone,
  aside,
  takesFocus,
  onBack,
  onLeft,
  onDecided,
}: {
  task: TaskDetail;
  /** The server does not know it any more. */
  isGone: boolean;
  /** What stands beside it where there is room: here it follows below. */
  aside: ReactNode;
  /** The task was opened by what was done to the one before it: the keyboard and a screen reader go on here. */
  takesFocus: boolean;
  onBack: () => void;
  /** The task is not for now any more: delegated, put off, closed. */
  onLeft: () => void;
  onDecided: (task: TaskDetail, outcome: Outcome, open: boolean) => void;
}) {
  const me = useMe().data?.user.id ?? '';
  const open = task.status === 'open' && !isGone;
  const refusal = open ? task.refusals.decide : null;
  const readOnly = !open || refusal !== null;

  const draft = useTaskDraft(me, task);
  const [value, setValue] = useState<Json>(() => draft.initial.data ?? {});
  const [text, setText] = useState(() => JSON.stringify(draft.initial.data ?? {}, null, 2));
  const [comment, setComment] = useState(draft.initial.comment);
  const [commenting, setCommenting] = useState(draft.initial.comment !== '');
  const [problems, setProblems] = useState<{ field: string; message: string }[]>([]);
  const [confirming, setConfirming] = useState<Outcome | null>(null);
  /** Defaults that the form fills in by itself are not typed. */
  const [typed, setTyped] = useState(draft.initial.data !== null || draft.initial.comment !== '');
  const touched = useRef(typed);
  const touch = () => {
    touched.current = true;
    setTyped(true);
  };
  const form = useRef<SchemaFormHandle>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const hasForm = task.formSchema !== null && isFormSchema(task.formSchema);
  const hasJson = task.formSchema !== null && !hasForm;
  const actions = useTaskActions(task, onLeft);

  useEffect(() => {
    if (takesFocus) heading.current?.focus({ preventScroll: true });
    // Once, when it opens.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const decide = useMutation(
    trpc.tasks.decide.mutationOptions({
      onSuccess: (answer, decision) => {
        draft.forget();
        setConfirming(null);
        const outcome = task.outcomes.find(({ port }) => port === decision.outcome);
        if (outcome) onDecided(task, outcome, answer.open);
        actions.refresh();
      },
      onError: (error) => {
        setConfirming(null);
        const { fields } = describeError(error);
        if (fields.length === 0) return actions.onRefused(error);
        setProblems(fields.map(({ field, message }) => ({ field: field.replace(/^data\.?/, ''), message })));
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
    setProblems([]);
    if (hasForm && !(form.current?.check() ?? true)) return;
    if (hasJson && !readJson(text).ok) return;
    // A refusal cannot be taken back and one key triggers it: ask, and take the reason along.
    if (outcome.tone === 'danger') setConfirming(outcome);
    else send(outcome);
  };
  const write = (next: string) => {
    setComment(next);
    draft.changeComment(next);
    touch();
  };

  const keys = useMemo(() => outcomeKeys(task.outcomes), [task.outcomes]);
  const primary =
    task.outcomes.find((outcome) => outcome.tone === 'primary') ?? (task.outcomes.length === 1 ? task.outcomes[0] : undefined);
  useKeys({
    ...Object.fromEntries(
      task.outcomes.flatMap((outcome) => (keys.has(outcome.port) ? [[keys.get(outcome.port) ?? '', () => choose(outcome)]] : [])),
    ),
    c: actions.claim,
    u: actions.release,
    d: actions.handOn,
    s: () => actions.setFollowUpOpened(true),
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
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      onPrimary.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const asksComment = open && (commenting || comment !== '');
  const decided = task.status === 'decided';
  return (
    <section className="task" aria-label="Task">
      <TaskHead task={task} actions={actions} onBack={onBack} heading={heading} />
      <div className="tbody" tabIndex={-1}>
        <TaskNote task={task} isGone={isGone} hasTyped={typed && readOnly && !decide.isSuccess} onNext={onLeft} />
        {task.description === null ? null : (
          <div className="desc">
            <MarkdownText text={task.description} />
          </div>
        )}
        <ContextCard context={task.context} instance={task} />
        {decided ? <Decision task={task} /> : null}
        {decided && !typed ? null : (
          <>
            {hasForm || hasJson || asksComment ? (
              <div className="dec">
                <h3 className="grow">{open ? 'Your decision' : 'What you typed'}</h3>
                {open ? <DraftLine state={draft.state} /> : null}
              </div>
            ) : null}
            <div
              className="decision"
              onChangeCapture={touch}
              onClickCapture={(event) => {
                if (event.target instanceof HTMLElement && event.target.closest('button, label, [role="option"]')) touch();
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
                    problems={problems}
                    onChange={(next) => {
                      setValue(next);
                      if (touched.current && open) draft.changeData(next);
                    }}
                  />
                </Suspense>
              ) : null}
              {hasJson ? (
                <JsonField
                  label="Data"
                  value={text}
                  rows={4}
                  error={problems.length === 0 ? null : problems.map(({ field, message }) => `${field} ${message}`.trim()).join(' ')}
                  onChange={(next) => {
                    setText(next);
                    const read = readJson(next);
                    if (read.ok && open) draft.changeData(read.value);
                  }}
                />
              ) : null}
              {hasForm && problems.some(({ field }) => field === '') ? (
                <ul className="field-problems" role="alert">
                  {problems
                    .filter(({ field }) => field === '')
                    .map(({ message }) => (
                      <li key={message}>{message}</li>
                    ))}
                </ul>
              ) : null}
              {asksComment ? (
                <Textarea
                  label={
                    <>
                      Comment <span className="t3 b4">on the decision, kept in the history</span>
                    </>
                  }
                  value={comment}
                  readOnly={readOnly}
                  autoFocus={commenting && comment === ''}
                  onChange={(event) => write(event.currentTarget.value)}
                  autosize
                  minRows={2}
                  maxRows={8}
                  maxLength={4_000}
                />
              ) : open && !readOnly ? (
                <div>
                  <button type="button" className="plain lnk s12" onClick={() => setCommenting(true)}>
                    Add a comment to the decision
                  </button>
                </div>
              ) : null}
            </div>
          </>
        )}
        {aside}
      </div>
      {open ? (
        <OutcomeBar
          task={task}
          keys={keys}
          refusal={refusal}
          sending={decide.isPending ? decide.variables.outcome : null}
          onChoose={choose}
        />
      ) : null}
      {actions.isHanding ? (
        <HandOnDialog
          task={task}
          holds={actions.holds}
          onClose={actions.endHanding}
          onDone={() => {
            actions.endHanding();
            actions.refresh();
            if (actions.holds) onLeft();
          }}
        />
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
            {task.rule.needed > 1 && task.rule.others === 'count'
              ? 'Your vote counts at once. This cannot be taken back.'
              : 'The workflow goes on at once. This cannot be taken back.'}
          </p>
          <Textarea
            label={
              <>
                Comment <span className="t3 b4">kept in the history</span>
              </>
            }
            value={comment}
            onChange={(event) => write(event.currentTarget.value)}
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

/** What was decided, and what was entered for it. */
function Decision({ task }: { task: TaskDetail }) {
  const label = task.outcomes.find(({ port }) => port === task.outcome)?.label ?? task.outcome ?? '';
  const hasData = typeof task.data === 'object' && task.data !== null && Object.keys(task.data).length > 0;
  return (
    <>
      <div className="dec">
        <h3 className="grow">Decision: {label}</h3>
      </div>
      {task.comment === null ? null : <p className="desc">{task.comment}</p>}
      {!hasData ? null : task.formSchema !== null && isFormSchema(task.formSchema) ? (
        <div className="decision">
          <Suspense fallback={<Skeleton height={64} />}>
            <SchemaForm id="decided" label="What was entered" schema={task.formSchema} value={task.data} readOnly onChange={() => {}} />
          </Suspense>
        </div>
      ) : (
        <JsonField label="Data" value={JSON.stringify(task.data, null, 2)} rows={4} onChange={() => {}} />
      )}
    </>
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
          Draft not saved yet, kept in this browser
        </>
      )}
    </span>
  );
}
