import { Autocomplete } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { toast } from '../../components/toast.tsx';
import { useDone } from './use-done.ts';

/** `awaited`: names that steps wait for now. `known`: further ones the workflow waits for somewhere. */
export function RaiseEventDialog({ id, awaited, known, onClose }: { id: string; awaited: string[]; known: string[]; onClose: () => void }) {
  const done = useDone(id, onClose);
  const [name, setName] = useState(awaited[0] ?? '');
  const [text, setText] = useState('');
  const data = readJson(text);
  const raise = useMutation(
    trpc.instances.raiseEvent.mutationOptions({
      onSuccess: () => {
        done();
        toast({
          title: `Raised ${name.trim()}`,
          detail: awaited.some((one) => one.toLowerCase() === name.trim().toLowerCase())
            ? ''
            : 'No step waits for it now. It is kept until one does.',
        });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Raise an event"
      action="Raise event"
      busy={raise.isPending}
      error={raise.error}
      refusal={name.trim() === '' ? 'Name the event' : data.ok ? null : 'Correct the data first'}
      onAction={() => {
        if (data.ok) raise.mutate({ id, name: name.trim(), data: data.value });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Autocomplete
          label="Event name"
          description={awaited.length === 0 ? 'No step waits for an event now; it would be kept.' : `Waited for: ${awaited.join(', ')}`}
          value={name}
          onChange={setName}
          data={[...new Set([...awaited, ...known])]}
          data-autofocus
          spellCheck={false}
        />
        <JsonField label="Data" description="JSON; empty means null." value={text} onChange={setText} rows={4} />
      </div>
    </Dialog>
  );
}
