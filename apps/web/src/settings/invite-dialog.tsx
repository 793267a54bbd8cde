import { MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InvitationLink } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Dialog } from '../components/dialog.tsx';
import { RoleFields, roleRow, rolesOf, rolesRefusal } from './role-fields.tsx';

export function InviteDialog({ onClose, onInvited }: { onClose: () => void; onInvited: (email: string, link: InvitationLink) => void }) {
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState(() => [roleRow({ role: 'viewer', folder: '', sensitive: false })]);
  const [groupIds, setGroupIds] = useState<string[]>([]);
  const groups = useQuery(trpc.groups.list.queryOptions());
  const mail = useMe().data?.installation.mail ?? false;
  const invite = useMutation(trpc.people.invite.mutationOptions({ onSuccess: (link) => onInvited(email.trim(), link) }));
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Invite somebody"
      action={mail ? 'Send the invitation' : 'Create the invitation'}
      size={560}
      busy={invite.isPending}
      error={invite.error}
      refusal={/^\S+@\S+$/.test(email.trim()) ? rolesRefusal(roles) : 'Enter an e-mail address'}
      onAction={() => invite.mutate({ email: email.trim(), grants: rolesOf(roles), groupIds })}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput
          label="E-mail"
          description={
            mail
              ? 'They get a link, good once and for seven days.'
              : 'No mail server is set up: you get a link to hand over, good once and for seven days.'
          }
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          data-autofocus
          maxLength={200}
        />
        <RoleFields value={roles} onChange={setRoles} />
        {groups.data && groups.data.length > 0 ? (
          <MultiSelect
            label="Groups"
            data={groups.data.map(({ id, name }) => ({ value: id, label: name }))}
            value={groupIds}
            onChange={setGroupIds}
          />
        ) : null}
      </div>
    </Dialog>
  );
}
