import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { ImportBody, useImportText } from '../transfer/import-body.tsx';
import { importAction } from '../transfer/import-review.tsx';
import { suggestKey } from './suggest-key.ts';

/** A workflow from a file or the clipboard, as a new draft. `text`: what was dropped on the page. */
export function ImportWorkflowDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const navigate = useNavigate();
  const given = useImportText(text);
  const { found } = given;
  const [title, setTitle] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const shownTitle = title ?? found?.title ?? '';
  const shownKey = key ?? found?.key ?? suggestKey(shownTitle);
  const create = useMutation(
    trpc.workflows.create.mutationOptions({
      onSuccess: (created) => void navigate({ to: '/workflows/$key', params: { key: created.key } }),
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Import a workflow"
      action={found ? importAction(found, 'Import') : 'Import'}
      size={640}
      busy={create.isPending}
      error={create.error ?? given.refused}
      refusal={given.missing ?? (shownTitle.trim() === '' ? 'Give it a title' : shownKey === '' ? 'Give it a key' : null)}
      onAction={() => {
        if (found)
          create.mutate({
            title: shownTitle.trim(),
            key: shownKey,
            document: found.document,
            ...(found.description !== null && { description: found.description }),
          });
      }}
    >
      <ImportBody given={given}>
        <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12, marginTop: 14 }}>
          <TextInput label="Title" value={shownTitle} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={120} />
          <TextInput
            label="Key"
            value={shownKey}
            onChange={(event) => setKey(event.currentTarget.value)}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
          />
        </div>
      </ImportBody>
    </Dialog>
  );
}
