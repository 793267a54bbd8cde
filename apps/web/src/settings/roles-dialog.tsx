import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { RoleFields, roleRow, rolesOf, rolesRefusal } from './role-fields.tsx';

export function RolesDialog({ person, onClose }: { person: PersonRow; onClose: () => void }) {
  const queries = useQueryClient();
  const [roles, setRoles] = useState(() => person.grants.map(roleRow));
  const save = useMutation(
    trpc.people.setRoles.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.people.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.session.pathKey() });
        toast({ shape: 'completed', title: 'Roles changed', detail: `They hold at once for ${person.name}.` });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Roles of ${person.name}`}
      action="Save"
      size={560}
      busy={save.isPending}
      error={save.error}
      refusal={rolesRefusal(roles)}
      onAction={() => save.mutate({ id: person.id, grants: rolesOf(roles) })}
    >
      <RoleFields value={roles} onChange={setRoles} />
      {person.groups.length === 0 ? null : (
        <p className="s12 t3" style={{ marginTop: 12 }}>
          Also the roles of the {person.groups.length === 1 ? 'group' : 'groups'} {person.groups.map(({ name }) => name).join(', ')}.
        </p>
      )}
    </Dialog>
  );
}
