import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { toast } from '../../components/toast.tsx';

export function PurgeDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const purge = useMutation(
    trpc.instances.purge.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast({ title: `Purged ${id}` });
        await navigate({ to: '/instances', search: { view: 'all' } });
        queries.removeQueries({ queryKey: trpc.instances.get.queryKey({ id }) });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Purge ${id}?`}
      action="Purge"
      danger
      escape="keeps it"
      busy={purge.isPending}
      error={purge.error}
      refusal={typed.trim() === id ? null : 'Type the id of the instance'}
      onAction={() => purge.mutate({ id })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        Its history, data and tasks are deleted. The audit log keeps that it existed. This cannot be taken back.
      </p>
      <TextInput
        label={
          <>
            Type <span className="mono">{id}</span> to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
      />
    </Dialog>
  );
}
