import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { diffDocuments, type Problem, type WorkflowDocument } from '@perdure/graph';
import { useMemo, useState } from 'react';
import type { ScenarioResult } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { FailingScenarios } from './trying/failing-scenarios.tsx';
import { changeEntries, countWords, signs } from './versions/change-entries.ts';
import { VersionFields } from './versions/describe-version-dialog.tsx';

interface PublishDialogProps {
  opened: boolean;
  workflowKey: string;
  latestVersion: number | null;
  document: WorkflowDocument;
  warnings: number;
  scenarios: number;
  /** Saves what is unsaved and tells the revision to publish. Null: it could not be saved. */
  save(): Promise<number | null>;
  onProblems(problems: readonly Problem[]): void;
  onPublished(version: number): void;
  /** Shows what has changed on the canvas. */
  onCompare(): void;
  onClose(): void;
}

export function PublishDialog({
  opened,
  workflowKey,
  latestVersion,
  document,
  warnings,
  scenarios,
  save,
  onProblems,
  onPublished,
  onCompare,
  onClose,
}: PublishDialogProps) {
  const queries = useQueryClient();
  const nextVersion = (latestVersion ?? 0) + 1;
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const [failing, setFailing] = useState<readonly ScenarioResult[]>([]);
  const publish = useMutation({
    ...trpc.workflows.publish.mutationOptions(),
    onSuccess: (result) => {
      if (!result.ok) {
        if (result.problems.length > 0) onProblems(result.problems);
        if (result.code === 'publish.scenarios') return setFailing(result.scenarios);
        setRefused(
          result.code === 'draft.conflict'
            ? 'The draft has changed since. Look at it and publish again.'
            : 'The server found problems. They are listed below the canvas.',
        );
        return;
      }
      void queries.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
      toast({
        title: `Published as v${result.version}`,
        detail: result.runningOnOlder > 0 ? `New starts use it, ${result.runningOnOlder} running keep their version` : 'New starts use it',
      });
      setName('');
      setNote('');
      setRefused(null);
      setFailing([]);
      onPublished(result.version);
      onClose();
    },
  });
  const send = (despiteScenarios: boolean): void => {
    setRefused(null);
    setFailing([]);
    void save().then((draftRevision) => {
      if (draftRevision === null) return setRefused('The draft is not saved yet. See why beside its title.');
      publish.mutate({
        key: workflowKey,
        draftRevision,
        name: name.trim(),
        ...(note.trim() !== '' && { note: note.trim() }),
        ...(despiteScenarios && { despiteScenarios }),
      });
    });
  };
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={`Publish v${nextVersion}?`}
      action={`Publish v${nextVersion}`}
      busy={publish.isPending}
      error={publish.error}
      escape="keeps the draft"
      onAction={() => send(false)}
    >
      <p className="t2">
        New instances will use this version. Running ones keep theirs.
        {scenarios > 0 ? ` ${scenarios === 1 ? 'Its scenario is' : `Its ${scenarios} scenarios are`} run first.` : ''}
        {warnings > 0 ? ` ${warnings === 1 ? 'One warning' : `${warnings} warnings`} will go with it.` : ''}
      </p>
      <VersionFields name={name} note={note} onName={setName} onNote={setNote} />
      {opened && latestVersion !== null ? (
        <Changes workflowKey={workflowKey} since={latestVersion} document={document} onCompare={onCompare} />
      ) : null}
      {failing.length === 0 ? null : <FailingScenarios failing={failing} busy={publish.isPending} onAnyway={() => send(true)} />}
      {refused === null ? null : (
        <div className="ds-field-problem" role="alert">
          {refused}
        </div>
      )}
    </Dialog>
  );
}

const mostShown = 6;

/** What is different from the version people run now. */
function Changes({
  workflowKey,
  since,
  document,
  onCompare,
}: {
  workflowKey: string;
  since: number;
  document: WorkflowDocument;
  onCompare(): void;
}) {
  const version = useQuery(trpc.workflows.version.queryOptions({ key: workflowKey, version: since }, { staleTime: Infinity }));
  const before = version.data?.document;
  const entries = useMemo(() => (before ? changeEntries(diffDocuments(before, document), before, document) : []), [before, document]);
  if (!before) return null;
  return (
    <section className="vs-summary" aria-label={`Changes since v${since}`}>
      <div className="row g8">
        <span className="label grow">{`Changes since v${since}: ${countWords(entries).toLowerCase()}`}</span>
        <button type="button" className="plain lnk s12" onClick={onCompare}>
          Compare
        </button>
      </div>
      <ul>
        {entries.slice(0, mostShown).map(({ key, kind, title, detail }) => (
          <li key={key} className="row g8">
            <span className={`vs-sign ${kind}`} aria-hidden="true">
              {signs[kind]}
            </span>
            <span className="ell">{title}</span>
            <span className="ell s12 t3">{detail}</span>
          </li>
        ))}
      </ul>
      {entries.length > mostShown ? <p className="s12 t3">{`and ${entries.length - mostShown} more`}</p> : null}
    </section>
  );
}
