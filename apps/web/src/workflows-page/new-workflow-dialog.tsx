import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { suggestKey } from './suggest-key.ts';

export function NewWorkflowDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return opened ? <OpenDialog onClose={onClose} /> : null;
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const create = useMutation(
    trpc.workflows.create.mutationOptions({
      onSuccess: (created) => void navigate({ to: '/workflows/$key', params: { key: created.key } }),
    }),
  );
  const shownKey = key ?? suggestKey(title);
  return (
    <Dialog
      opened
      onClose={onClose}
      title="New workflow"
      action="Create"
      busy={create.isPending}
      error={create.error}
      refusal={title.trim() === '' ? 'Give it a title' : shownKey === '' ? 'Give it a key' : null}
      onAction={() => create.mutate({ title: title.trim(), key: shownKey })}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus maxLength={120} />
        <TextInput
          label="Key"
          description="Stands in addresses and in the API. It stays as it is."
          value={shownKey}
          onChange={(event) => setKey(event.currentTarget.value)}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
        />
      </div>
    </Dialog>
  );
}
