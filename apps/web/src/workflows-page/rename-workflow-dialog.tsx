import { Autocomplete, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WorkflowSummary } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';

/** Title, description and folder. Who may do what with it follows the folder. */
export function RenameWorkflowDialog({ workflow, onClose }: { workflow: WorkflowSummary; onClose: () => void }) {
  const queries = useQueryClient();
  const [title, setTitle] = useState(workflow.title);
  const [description, setDescription] = useState(workflow.description);
  const [folder, setFolder] = useState(workflow.folder);
  const folders = useQuery(trpc.workflows.folders.queryOptions());
  const rename = useMutation(
    trpc.workflows.rename.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Title and folder"
      action="Save"
      busy={rename.isPending}
      error={rename.error}
      refusal={title.trim() === '' ? 'Give it a title' : null}
      onAction={() => rename.mutate({ key: workflow.key, title: title.trim(), description: description.trim(), folder: folder.trim() })}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus maxLength={200} />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxRows={6}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={2_000}
        />
        <Autocomplete
          label="Folder"
          description="Roles may be held for a folder: this settles who may see, change and run it. Like finance/invoices, or none."
          placeholder="None"
          data={folders.data ?? []}
          value={folder}
          onChange={setFolder}
        />
      </div>
    </Dialog>
  );
}
