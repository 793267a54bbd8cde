import { Select, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { BulkTaskResult, TaskRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { SkeletonRows } from '../components/skeleton.tsx';
import { StatusIcon } from '../status/status-icon.tsx';

/** The most the server decides in one go. */
const MOST = 200;
const SHOWN = 8;

/** Decides several tasks of one type alike: what qualifies and what does not is seen before, what became of each after. */
export function CompleteSeveralDialog({ rows, onClose }: { rows: readonly TaskRow[]; onClose: () => void }) {
  const types = useMemo(() => typesOf(rows), [rows]);
  const [type, setType] = useState(types[0]?.key ?? '');
  const [outcome, setOutcome] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const [result, setResult] = useState<BulkTaskResult | null>(null);
  const queries = useQueryClient();
  const chosen = types.find(({ key }) => key === type);
  const ids = useMemo(() => (chosen?.rows ?? []).slice(0, MOST).map(({ id }) => id), [chosen]);
  // The tasks as they were when the dialog opened: decided, they leave the list and with it the preview.
  const preview = useQuery(trpc.tasks.bulkPreview.queryOptions({ ids }, { enabled: ids.length > 0 && result === null }));
  const decide = useMutation(
    trpc.tasks.bulkDecide.mutationOptions({
      onSuccess: (answer) => {
        setResult(answer);
        void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
      },
    }),
  );
  if (result !== null) return <ResultDialog result={result} onClose={onClose} />;

  const items = preview.data?.items ?? [];
  const fit = items.filter(({ refusal }) => refusal === null);
  const rest = items.filter(({ refusal }) => refusal !== null);
  const label = preview.data?.outcomes.find(({ port }) => port === outcome)?.label ?? null;
  const what = fit.length === 1 ? '1 task' : `${fit.length} tasks`;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={preview.data === undefined ? 'Complete several tasks' : fit.length === 0 ? 'Nothing to complete together' : `Complete ${what}`}
      action={fit.length === 0 ? 'Complete' : label === null ? `Complete ${what}` : `${label}: ${what}`}
      danger={preview.data?.outcomes.find(({ port }) => port === outcome)?.tone === 'danger'}
      size={560}
      busy={decide.isPending}
      error={decide.error ?? preview.error}
      refusal={
        types.length === 0
          ? 'There are no open tasks in this list'
          : fit.length === 0
            ? 'None of these can be completed together'
            : outcome === null
              ? 'Choose an outcome'
              : null
      }
      onAction={() => {
        if (outcome === null) return;
        decide.mutate({ ids: fit.map(({ id }) => id), outcome, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
      }}
    >
      <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 14 }}>
        {types.length > 1 ? (
          <Select
            label="Tasks of one type"
            data={types.map(({ key, title, rows: of }) => ({ value: key, label: `${title} (${of.length})` }))}
            value={type}
            onChange={(next) => {
              setType(next ?? '');
              setOutcome(null);
            }}
            allowDeselect={false}
          />
        ) : null}
        {preview.isPending && ids.length > 0 ? <SkeletonRows rows={3} height={28} label="Checking which qualify" /> : null}
        {preview.data ? (
          <>
            {fit.length === 0 ? null : (
              <div role="radiogroup" aria-label="Outcome">
                <div className="label">Outcome</div>
                <div className="row g8" style={{ flexWrap: 'wrap' }}>
                  {preview.data.outcomes.map(({ port, label: words }, at) => (
                    <label key={port} className="outcome-choice">
                      <input
                        type="radio"
                        name="bulk-outcome"
                        checked={port === outcome}
                        {...(at === 0 ? { 'data-autofocus': true } : {})}
                        onChange={() => setOutcome(port)}
                      />
                      {words}
                    </label>
                  ))}
                </div>
              </div>
            )}
            {fit.length > 0 ? (
              <Sample
                title={`${fit.length} ${fit.length === 1 ? 'qualifies' : 'qualify'}`}
                items={fit.map(({ id, title }) => ({ id, title, words: '' }))}
              />
            ) : null}
            {rest.length > 0 ? (
              <Sample
                title={`${rest.length} left as ${rest.length === 1 ? 'it is' : 'they are'}`}
                items={rest.map(({ id, title, refusal }) => ({ id, title, words: refusal ?? '' }))}
              />
            ) : null}
            {(chosen?.rows.length ?? 0) > MOST ? <p className="s12 t3">The first {MOST} of them: more do not go in one step.</p> : null}
            {fit.length === 0 ? null : (
              <Textarea
                label={
                  <>
                    Comment <span className="t3 b4">on each decision, kept in the history</span>
                  </>
                }
                value={comment}
                onChange={(event) => setComment(event.currentTarget.value)}
                autosize
                minRows={2}
                maxLength={4_000}
              />
            )}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function ResultDialog({ result: { items }, onClose }: { result: BulkTaskResult; onClose: () => void }) {
  const done = items.filter(({ ok }) => ok);
  const failed = items.filter(({ ok }) => !ok);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Completed ${done.length} of ${items.length} ${items.length === 1 ? 'task' : 'tasks'}`}
      action="Done"
      cancel="Close"
      size={560}
      onAction={onClose}
    >
      <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 14 }} role="status">
        {failed.length > 0 ? (
          <Sample
            all
            title={`${failed.length} not completed`}
            items={failed.map(({ id, title, message }) => ({ id, title, words: message }))}
          />
        ) : null}
        {done.length > 0 ? (
          <Sample title={`${done.length} completed`} items={done.map(({ id, title, message }) => ({ id, title, words: message }))} ok />
        ) : null}
      </div>
    </Dialog>
  );
}

function Sample({
  title,
  items,
  all = false,
  ok = false,
}: {
  title: string;
  items: { id: string; title: string; words: string }[];
  all?: boolean;
  ok?: boolean;
}) {
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <section aria-label={title}>
      <div className="label">{title}</div>
      <ul className="sample">
        {shown.map((item) => (
          <li key={item.id} className="row g8">
            {ok ? <StatusIcon shape="completed" size={12} /> : null}
            <span className="ell b5" title={item.title}>
              {item.title}
            </span>
            <span className="grow s12 t3 why" title={item.words}>
              {item.words}
            </span>
          </li>
        ))}
      </ul>
      {items.length > shown.length ? <p className="s12 t3">and {items.length - shown.length} more</p> : null}
    </section>
  );
}

/** Open tasks by the node of the workflow they come from, the largest group first. */
function typesOf(rows: readonly TaskRow[]): { key: string; title: string; rows: TaskRow[] }[] {
  const types = new Map<string, { key: string; title: string; rows: TaskRow[] }>();
  for (const row of rows) {
    if (row.status !== 'open') continue;
    const key = JSON.stringify([row.workflowKey, row.node]);
    const type = types.get(key) ?? { key, title: `${row.workflowTitle}, ${row.node.replaceAll('_', ' ')}`, rows: [] };
    type.rows.push(row);
    types.set(key, type);
  }
  return [...types.values()].toSorted((a, b) => b.rows.length - a.rows.length);
}
