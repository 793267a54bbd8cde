import { Checkbox, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { NodeId } from '@perdure/graph';
import type { PastRunData } from '@perdure/server/contract';
import { useMemo, useState } from 'react';
import { client, trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { formatMomentShort } from '../../components/moment.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { useDesigner, useDesignerValue } from '../use-designer.ts';
import { valuesToEdit, valuesToSend } from './beginning-values.ts';
import { callingNodes } from './calling-nodes.ts';
import { valuesRead } from './values-read.ts';

const noRun = 'none';

/** Runs one step, or the draft from a step on, with the data of a past run that can be changed before. */
export function TryStepDialog({ node, alone, onClose }: { node: NodeId; alone: boolean; onClose(): void }) {
  const { key } = useDesigner();
  const [picked, setPicked] = useState<string | null>(null);
  const runs = useQuery(trpc.instances.list.queryOptions({ workflowKeys: [key], limit: 20 }));
  // The newest, chosen once: a run that comes while the dialog is open must not take away what was typed. What was fetched before may lack it.
  if (picked === null && runs.isFetchedAfterMount) setPicked(runs.data?.rows[0]?.id ?? noRun);
  const run = picked;
  const past = useQuery(
    trpc.workflows.pastRun.queryOptions({ key, node, instanceId: run ?? '' }, { enabled: run !== null && run !== noRun, staleTime: 5_000 }),
  );
  const isReady = run === noRun || past.isSuccess || past.isError;
  const choices = [
    ...(runs.data?.rows ?? []).map(({ id, status, createdAt }) => ({
      value: id,
      label: `${formatMomentShort(createdAt)}, ${status}, ${id.slice(0, 8)}`,
    })),
    { value: noRun, label: 'No run, only the values below' },
  ];
  const picker = (
    <Select
      label="Data of"
      description="What earlier steps gave, and the variables, as they were when this run came to the step."
      data={choices}
      value={run}
      allowDeselect={false}
      onChange={setPicked}
    />
  );
  return isReady ? (
    // Another run brings other values.
    <BeginDialog
      key={run}
      node={node}
      alone={alone}
      run={run === noRun ? null : run}
      past={run === noRun ? null : (past.data ?? null)}
      picker={picker}
      onClose={onClose}
    />
  ) : (
    <Dialog
      opened
      title={alone ? 'Run this step' : 'Run from here'}
      action="Run"
      refusal="Loading the runs"
      onAction={onClose}
      onClose={onClose}
      size={520}
    >
      <Skeleton height={120} />
    </Dialog>
  );
}

interface BeginDialogProps {
  node: NodeId;
  alone: boolean;
  run: string | null;
  past: PastRunData | null;
  picker: React.ReactNode;
  onClose(): void;
}

function BeginDialog({ node: id, alone, run, past, picker, onClose }: BeginDialogProps) {
  const designer = useDesigner();
  const document = useDesignerValue(({ model }) => model.document);
  const node = document.nodes.find((one) => one.id === id);
  const [only, setOnly] = useState(alone);
  const read = useMemo(() => valuesRead(document, id, only), [document, id, only]);
  const { values, kept } = useMemo(() => valuesToEdit(read, past, document), [read, past, document]);
  const given = JSON.stringify(values, null, 2);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? given;
  const [fastForward, setFastForward] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const parsed = readJson(text);
  const sent = parsed.ok ? valuesToSend(parsed.value, past) : null;
  const reads = Object.keys(values).length > 0;
  const calls = only && node ? callingNodes({ ...document, nodes: [{ ...node }] }, false).length > 0 : false;

  const start = useMutation({
    mutationFn: async (): Promise<string | null> => {
      if (!sent) return null;
      const draftRevision = await designer.save();
      if (draftRevision === null) {
        setRefused('The draft is not saved yet. See why beside its title.');
        return null;
      }
      const { input, ...changed } = sent;
      const result = await client.workflows.runDraft.mutate({
        key: designer.key,
        draftRevision,
        fastForward,
        from: { node: id, only, ...(run !== null && { run }), ...changed },
        ...(input !== undefined && { input }),
      });
      if (result.ok) return result.id;
      if (result.problems.length > 0) designer.model.setProblems(result.problems);
      setRefused(
        result.code === 'draft.conflict'
          ? 'The draft has changed since. Look at it and run it again.'
          : 'The draft cannot run yet. What it lacks is listed below the canvas.',
      );
      return null;
    },
    onSuccess: (started) => {
      if (started === null) return;
      onClose();
      designer.state.setState({ runId: started });
    },
  });

  return (
    <Dialog
      opened
      onClose={onClose}
      title={`${only ? 'Run' : 'Run from'} “${node?.title ?? id}”`}
      action={only ? 'Run this step' : 'Run from here'}
      size={560}
      busy={start.isPending}
      error={start.error}
      refusal={sent ? null : 'Correct the values first'}
      onAction={() => {
        setRefused(null);
        start.mutate();
      }}
    >
      <div className="ds-dialog-parts">
        <div className="seg" role="group" aria-label="What to run" style={{ justifySelf: 'start' }}>
          <button type="button" aria-pressed={only} data-autofocus={only || undefined} onClick={() => setOnly(true)}>
            Only this step
          </button>
          <button type="button" aria-pressed={!only} data-autofocus={!only || undefined} onClick={() => setOnly(false)}>
            From here on
          </button>
        </div>
        {picker}
        {reads || typed !== null ? (
          <JsonField
            label="Values"
            description={
              only ? 'What this step reads. Change what should be different.' : 'What is read of before. Change what should be different.'
            }
            value={text}
            rows={6}
            onChange={setTyped}
            error={parsed.ok && !sent ? 'Write an object with input, steps and vars.' : null}
          />
        ) : (
          <p className="s12 t3">{only ? 'This step reads nothing of what came before it.' : 'Nothing is read of what came before.'}</p>
        )}
        {kept.length === 0 ? null : <p className="s12 t3">{`Too large to show, taken over as it was: ${kept.join(', ')}.`}</p>}
        {only ? null : (
          <Checkbox
            size="sm"
            label="Skip timers and waits before retries"
            checked={fastForward}
            onChange={(event) => setFastForward(event.currentTarget.checked)}
          />
        )}
        {calls ? <p className="s12 t3">The step makes its real call, also when it is pinned.</p> : null}
        {refused === null ? null : (
          <div className="ds-field-problem" role="alert">
            {refused}
          </div>
        )}
      </div>
    </Dialog>
  );
}
