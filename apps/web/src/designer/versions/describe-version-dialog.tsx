import { Textarea, TextInput } from '@mantine/core';
import type { VersionSummary } from '@perdure/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';

/** A version's name and note. What it does cannot be changed any more. */
export function DescribeVersionDialog({
  workflowKey,
  version,
  onClose,
}: {
  workflowKey: string;
  version: VersionSummary;
  onClose(): void;
}) {
  const queries = useQueryClient();
  const [name, setName] = useState(version.name);
  const [note, setNote] = useState(version.note);
  const describe = useMutation({
    ...trpc.workflows.describeVersion.mutationOptions(),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: trpc.workflows.versions.queryKey() });
      onClose();
    },
  });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`v${version.version}`}
      action="Save"
      busy={describe.isPending}
      error={describe.error}
      onAction={() => describe.mutate({ key: workflowKey, version: version.version, name: name.trim(), note: note.trim() })}
    >
      <VersionFields name={name} note={note} onName={setName} onNote={setNote} />
    </Dialog>
  );
}

export function VersionFields({
  name,
  note,
  onName,
  onNote,
}: {
  name: string;
  note: string;
  onName(name: string): void;
  onNote(note: string): void;
}) {
  return (
    <>
      <TextInput
        mt={12}
        size="md"
        label="Name"
        description="Optional. People find it by its name as well as by its number."
        maxLength={80}
        value={name}
        onChange={(event) => onName(event.currentTarget.value)}
        data-autofocus
      />
      <Textarea
        mt={12}
        size="md"
        label="Note"
        description="What is different, for whoever reads the list of versions."
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2000}
        value={note}
        onChange={(event) => onNote(event.currentTarget.value)}
      />
    </>
  );
}
