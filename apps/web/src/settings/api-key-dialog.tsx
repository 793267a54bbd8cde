import { Autocomplete, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Permission } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { permissionWords } from './role-words.ts';

const day = 86_400_000;
const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'Until it is revoked' },
] as const;

export function ApiKeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (name: string, key: string) => void }) {
  const [name, setName] = useState('');
  const [folder, setFolder] = useState('');
  const [days, setDays] = useState('90');
  const [permissions, setPermissions] = useState<Permission[]>(['instance.start', 'instance.read']);
  const folders = useQuery(trpc.workflows.folders.queryOptions());
  const create = useMutation(trpc.apiKeys.create.mutationOptions({ onSuccess: ({ key }) => onMade(name.trim(), key) }));
  const refusal = name.trim() === '' ? 'Give it a name' : permissions.length === 0 ? 'Choose what it may do' : null;
  return (
    <Dialog
      opened
      onClose={onClose}
      title="New API key"
      action="Create the key"
      size={520}
      busy={create.isPending}
      error={create.error}
      refusal={refusal}
      onAction={() => {
        const expiresAt = days === '' ? null : new Date(Date.now() + Number(days) * day).toISOString();
        create.mutate({ name: name.trim(), permissions, folder: folder.trim(), expiresAt });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput
          label="Name"
          description="Of the program that uses it. It stands in histories and in the audit log."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          maxLength={60}
        />
        <Checkbox.Group
          label="It may"
          value={permissions}
          // The values are the permissions.
          onChange={(values) => setPermissions(values as Permission[])}
        >
          <div style={{ display: 'grid', gap: 6, marginTop: 4 }}>
            {Object.entries(permissionWords).map(([permission, words]) => (
              <Checkbox key={permission} value={permission} label={words} />
            ))}
          </div>
        </Checkbox.Group>
        <Autocomplete
          label="Folder"
          description="Only for the workflows in this folder and in the folders below it."
          placeholder="All workflows"
          data={folders.data ?? []}
          value={folder}
          onChange={setFolder}
        />
        <NativeSelect
          label="Good for"
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          data={[...lifetimes]}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
      </div>
    </Dialog>
  );
}
