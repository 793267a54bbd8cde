import { MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GroupRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { RoleFields, roleRow, rolesOf, rolesRefusal } from './role-fields.tsx';

/** A new group, or one as it is. */
export function GroupDialog({ group, onClose }: { group: GroupRow | null; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(group?.name ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [roles, setRoles] = useState(() => (group?.grants ?? []).map(roleRow));
  const [memberIds, setMemberIds] = useState(() => group?.members.map(({ id }) => id) ?? []);
  const people = useQuery(trpc.people.list.queryOptions());
  const save = useMutation(
    trpc.groups.save.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.groups.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.people.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.session.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={group === null ? 'New group' : `Group ${group.name}`}
      action={group === null ? 'Create' : 'Save'}
      size={560}
      busy={save.isPending}
      error={save.error}
      refusal={name.trim() === '' ? 'Give it a name' : rolesRefusal(roles)}
      onAction={() =>
        save.mutate({ id: group?.id ?? null, name: name.trim(), description: description.trim(), grants: rolesOf(roles), memberIds })
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput
          label="Name"
          description="Workflows give tasks to the group by this name, in small or capital letters."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          maxLength={60}
        />
        <TextInput
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={500}
        />
        <MultiSelect
          label="Members"
          searchable
          nothingFoundMessage="Nobody is called like this"
          data={(people.data ?? []).map((person) => ({ value: person.id, label: `${person.name} (${person.email})` }))}
          value={memberIds}
          onChange={setMemberIds}
        />
        <RoleFields value={roles} onChange={setRoles} />
      </div>
    </Dialog>
  );
}
