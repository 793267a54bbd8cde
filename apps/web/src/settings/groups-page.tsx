import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GroupRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable, RowActions } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { GroupDialog } from './group-dialog.tsx';
import { RoleTags } from './role-tags.tsx';
import { SettingsFrame } from './settings-frame.tsx';

type Open = { kind: 'edit'; group: GroupRow | null } | { kind: 'remove'; group: GroupRow } | null;

const COLUMNS: readonly ListColumn[] = [
  { title: 'Group', width: '30%' },
  { title: 'Roles' },
  { title: 'Members', width: '28%' },
  { title: 'Actions', width: 180, actions: true },
];

export function GroupsPage() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const groups = useQuery(trpc.groups.list.queryOptions());
  const remove = useMutation(
    trpc.groups.remove.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.groups.pathKey() });
        setOpen(null);
      },
    }),
  );
  const make = (
    <Button look="primary" icon={<IconPlus className="ic" stroke={1.8} />} onClick={() => setOpen({ kind: 'edit', group: null })}>
      New group…
    </Button>
  );
  return (
    <SettingsFrame title="Groups" actions={make}>
      <div className="scroll settings-page">
        <p className="settings-lead">A group gives its roles to everybody in it, and tasks may name it as their candidates.</p>
        <Loaded query={groups} rows={3} height={48} label="Loading groups">
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState icon={<IconUsers className="ic" stroke={1.8} />} title="No groups yet">
                Give the approvers of a department one name, and tasks can go to that name.
              </EmptyState>
            ) : (
              <ListTable label="Groups" className="list-wide" columns={COLUMNS}>
                {rows.map((group) => (
                  <tr key={group.id}>
                    <td>
                      <div className="b6 ell">{group.name}</div>
                      <div className="s12 t3 ell">{group.description}</div>
                    </td>
                    <td>{group.grants.length === 0 ? <span className="t3">None, tasks only</span> : <RoleTags grants={group.grants} />}</td>
                    <td className="t2 ell" title={group.members.map(({ name }) => name).join(', ')}>
                      {group.members.length === 0 ? (
                        <span className="t3">Nobody</span>
                      ) : (
                        `${group.members.length}: ${group.members.map(({ name }) => name).join(', ')}`
                      )}
                    </td>
                    <RowActions>
                      <Button size="sm" onClick={() => setOpen({ kind: 'edit', group })}>
                        Edit…<span className="visually-hidden"> {group.name}</span>
                      </Button>
                      <Button size="sm" look="danger" onClick={() => setOpen({ kind: 'remove', group })}>
                        Remove…<span className="visually-hidden"> {group.name}</span>
                      </Button>
                    </RowActions>
                  </tr>
                ))}
              </ListTable>
            )
          }
        </Loaded>
        {open?.kind === 'edit' ? <GroupDialog group={open.group} onClose={() => setOpen(null)} /> : null}
        {open?.kind === 'remove' ? (
          <Dialog
            opened
            onClose={() => setOpen(null)}
            title={`Remove the group ${open.group.name}?`}
            action="Remove"
            danger
            busy={remove.isPending}
            error={remove.error}
            onAction={() => remove.mutate({ id: open.group.id })}
          >
            <p className="t2">
              {open.group.members.length === 1 ? 'Its one member loses' : `Its ${open.group.members.length} members lose`} the roles it
              gives, and open tasks that name it as their only candidate are left to those who see every task.
            </p>
          </Dialog>
        ) : null}
      </div>
    </SettingsFrame>
  );
}
