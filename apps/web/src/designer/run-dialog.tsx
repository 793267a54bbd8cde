import { Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Json, Problem, WorkflowDocument } from '@perdure/graph';
import { useState } from 'react';
import { client } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { InputForm, type KnownInput } from '../components/input-form.tsx';
import { useInputForm } from '../components/use-input-form.ts';
import { inputSchema } from './input-schema.ts';
import { callingNodes, callWords } from './trying/calling-nodes.ts';

interface RunDialogProps {
  opened: boolean;
  workflowKey: string;
  document: WorkflowDocument;
  latestVersion: number | null;
  /** The draft is not what the latest version is: then it is what a person means first. */
  differs: boolean;
  /** Why the draft cannot be tried, or null. */
  draftRefusal: string | null;
  /** The last run's input, to start from. */
  lastInput: Json | undefined;
  /** Saves what is unsaved and tells the revision to run. Null: it could not be saved. */
  save(): Promise<number | null>;
  onProblems(problems: readonly Problem[]): void;
  onStarted(instanceId: string): void;
  onClose(): void;
}

/** Starts an instance and watches it on the canvas: a test run of the draft as it stands, or the published version. */
export function RunDialog(props: RunDialogProps) {
  return props.opened ? <OpenRunDialog {...props} /> : null;
}

function OpenRunDialog(props: RunDialogProps) {
  const { workflowKey, document, latestVersion, differs, draftRefusal, lastInput, save, onProblems, onStarted, onClose } = props;
  const schema = inputSchema(document);
  const input = useInputForm(schema, lastInput ?? {});
  const [choice, setChoice] = useState<'draft' | 'version'>(differs ? 'draft' : 'version');
  const runsDraft = draftRefusal === null && (choice === 'draft' || latestVersion === null);
  const [pins, setPins] = useState(true);
  const [fastForward, setFastForward] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const pinned = document.nodes.filter((node) => node.pinned).length;
  const calling = callingNodes(document, pins);

  const run = useMutation({
    mutationFn: async (value: Json): Promise<string | null> => {
      if (!runsDraft) return (await client.instances.start.mutate({ workflowKey, input: value })).id;
      const draftRevision = await save();
      if (draftRevision === null) return refuse('The draft is not saved yet. See why beside its title.');
      const result = await client.workflows.runDraft.mutate({ key: workflowKey, draftRevision, input: value, pins, fastForward });
      if (result.ok) return result.id;
      if (result.code === 'draft.conflict') return refuse('The draft has changed since. Look at it and run it again.');
      onProblems(result.problems);
      return refuse('The draft cannot run yet. What it lacks is listed below the canvas.');
    },
    onSuccess: (id) => {
      if (id !== null) onStarted(id);
    },
  });
  const refuse = (reason: string): null => {
    setRefused(reason);
    return null;
  };
  const known: KnownInput[] = [
    ...(lastInput === undefined ? [] : [{ title: 'The last run', value: lastInput }]),
    ...(document.scenarios ?? []).map(({ title, input: value }) => ({ title: `Scenario: ${title}`, value })),
  ];

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Run"
      action={runsDraft ? 'Run the draft' : latestVersion === null ? 'Run' : `Run v${latestVersion}`}
      size={520}
      busy={run.isPending}
      error={run.error}
      refusal={runsDraft || latestVersion !== null ? input.refusal : draftRefusal}
      onAction={() => {
        const read = input.read();
        setRefused(null);
        if (read) run.mutate(read.value);
      }}
    >
      <div className="ds-dialog-parts">
        <div className="ds-choice" role="radiogroup" aria-label="What to run">
          <label>
            <input type="radio" name="what" checked={runsDraft} disabled={draftRefusal !== null} onChange={() => setChoice('draft')} />
            <span>
              <span className="b5">The draft</span>
              <span className="s12 t3">{draftRefusal ?? 'As it stands, without publishing it. Marked as a test.'}</span>
            </span>
          </label>
          {latestVersion === null ? null : (
            <label>
              <input type="radio" name="what" checked={!runsDraft} onChange={() => setChoice('version')} />
              <span>
                <span className="b5">{`Version ${latestVersion}`}</span>
                <span className="s12 t3">As published, without pins. Not a test.</span>
              </span>
            </label>
          )}
        </div>
        {runsDraft ? (
          <div className="ds-options">
            {pinned === 0 ? null : (
              <Checkbox
                size="sm"
                label={`Use pinned data (${pinned === 1 ? 'one step' : `${pinned} steps`})`}
                checked={pins}
                onChange={(event) => setPins(event.currentTarget.checked)}
              />
            )}
            <Checkbox
              size="sm"
              label="Skip timers and waits before retries"
              checked={fastForward}
              onChange={(event) => setFastForward(event.currentTarget.checked)}
            />
            {calling.length === 0 ? null : <p className="s12 t3">{callWords(calling)}</p>}
          </div>
        ) : null}
        <InputForm id="run" state={input} known={known} error={run.error} />
        {refused === null ? null : (
          <div className="ds-field-problem" role="alert">
            {refused}
          </div>
        )}
      </div>
    </Dialog>
  );
}
