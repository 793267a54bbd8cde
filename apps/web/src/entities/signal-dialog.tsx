import { Autocomplete, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import { toast } from '../components/toast.tsx';
import { operationsOf } from './operations-of.ts';

/** One way: the answer says that the signal is stored. What came of it stands in the entity's history. `entity` null lets choose one. */
export function SignalDialog({ entity, onClose }: { entity: { name: string; key: string } | null; onClose: () => void }) {
  const queries = useQueryClient();
  const types = useQuery(trpc.entityTypes.list.queryOptions());
  const [name, setName] = useState(entity?.name ?? '');
  const [key, setKey] = useState(entity?.key ?? '');
  const [operation, setOperation] = useState('');
  const [text, setText] = useState('');
  const input = readJson(text);
  const type = types.data?.find((one) => one.name === name.trim().toLowerCase());
  const operations = type === undefined ? [] : operationsOf(type.document);
  const chosen = operations.find((one) => one.name.toLowerCase() === operation.trim().toLowerCase());
  const signal = useMutation(
    trpc.entities.signal.mutationOptions({
      onSuccess: () => {
        onClose();
        void queries.invalidateQueries({ queryKey: trpc.entities.pathKey() });
        toast({ title: `Signalled ${name.trim()}@${key}`, detail: 'It is stored, and applied when the entity comes to it.' });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={entity === null ? 'Signal an entity' : `Signal ${entity.name}@${entity.key}`}
      action="Send signal"
      busy={signal.isPending}
      error={signal.error}
      refusal={
        name.trim() === ''
          ? 'Choose a type'
          : key === ''
            ? 'Give a key'
            : operation.trim() === ''
              ? 'Choose an operation'
              : input.ok
                ? null
                : 'Correct the input first'
      }
      onAction={() => input.ok && signal.mutate({ name: name.trim(), key, operation: operation.trim(), input: input.value })}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        {entity === null ? (
          <>
            <Autocomplete label="Type" data={types.data?.map((one) => one.name) ?? []} value={name} onChange={setName} data-autofocus />
            <TextInput
              label="Key"
              description="Which of them. A key nobody used yet makes a new entity."
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              maxLength={200}
            />
          </>
        ) : null}
        <Autocomplete
          label="Operation"
          description={chosen?.does}
          data={operations.map((one) => one.name)}
          value={operation}
          onChange={setOperation}
          {...(entity === null ? {} : { 'data-autofocus': true })}
        />
        <JsonField label="Input" description={chosen?.input || 'JSON. Left empty: null.'} value={text} onChange={setText} rows={3} />
      </div>
    </Dialog>
  );
}
