import { Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Problem } from '@perdure/graph';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';

interface PublishDialogProps {
  opened: boolean;
  workflowKey: string;
  nextVersion: number;
  warnings: number;
  /** Saves what is unsaved and tells the revision to publish. Null: it could not be saved. */
  save(): Promise<number | null>;
  onProblems(problems: readonly Problem[]): void;
  onPublished(version: number): void;
  onClose(): void;
}

export function PublishDialog({ opened, workflowKey, nextVersion, warnings, save, onProblems, onPublished, onClose }: PublishDialogProps) {
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const publish = useMutation({
    ...trpc.workflows.publish.mutationOptions(),
    onSuccess: (result) => {
      if (!result.ok) {
        if (result.problems.length > 0) onProblems(result.problems);
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
      setNote('');
      setRefused(null);
      onPublished(result.version);
      onClose();
    },
  });
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={`Publish v${nextVersion}?`}
      action={`Publish v${nextVersion}`}
      busy={publish.isPending}
      error={publish.error}
      escape="keeps the draft"
      onAction={() => {
        setRefused(null);
        void save().then((draftRevision) => {
          if (draftRevision === null) setRefused('The draft is not saved yet. See why beside its title.');
          else publish.mutate({ key: workflowKey, draftRevision, ...(note.trim() !== '' && { note: note.trim() }) });
        });
      }}
    >
      <p className="t2">
        New instances will use this version. Running ones keep theirs.
        {warnings > 0 ? ` ${warnings === 1 ? 'One warning' : `${warnings} warnings`} will go with it.` : ''}
      </p>
      <Textarea
        mt={12}
        size="md"
        label="Note"
        description="What is different, for whoever reads the list of versions."
        autosize
        minRows={2}
        maxRows={6}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-autofocus
      />
      {refused === null ? null : (
        <div className="ds-field-problem" role="alert">
          {refused}
        </div>
      )}
    </Dialog>
  );
}
