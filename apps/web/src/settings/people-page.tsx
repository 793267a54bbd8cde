import { Menu } from '@mantine/core';
import { IconDots, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { InvitationRow, PersonRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { type ListColumn, ListTable, RowActions } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { toast, toastError } from '../components/toast.tsx';
import { AuditLink } from './audit/audit-link.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { OneUseLink } from './one-use-link.tsx';
import { RoleTags } from './role-tags.tsx';
import { RolesDialog } from './roles-dialog.tsx';
import { SettingsFrame } from './settings-frame.tsx';

type Open =
  | { kind: 'invite' }
  | { kind: 'roles' | 'disable'; person: PersonRow }
  | { kind: 'link'; title: string; text: string; words: string }
  | null;

export function PeoplePage() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const people = useQuery(trpc.people.list.queryOptions());
  const invitations = useQuery(trpc.people.invitations.queryOptions());
  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.people.pathKey() });
  const close = () => setOpen(null);
  const showInvitation = (email: string, { link, mailed }: { link: string; mailed: boolean }) =>
    setOpen({
      kind: 'link',
      title: mailed ? `Invitation sent to ${email}` : `Hand this link to ${email}`,
      text: link,
      words: `${mailed ? 'It went out by mail. The same link, should the mail not arrive: it' : 'No mail server is set up, so nothing was sent. The link'} works once, for seven days, and is not shown again.`,
    });
  const setDisabled = useMutation(
    trpc.people.setDisabled.mutationOptions({
      onSuccess: (_, { disabled }) => {
        refresh();
        close();
        toast({ shape: 'completed', title: disabled ? 'Disabled and signed out' : 'May sign in again' });
      },
    }),
  );
  return (
    <SettingsFrame
      title="People"
      actions={
        <Button look="primary" icon={<IconUserPlus className="ic" stroke={1.8} />} onClick={() => setOpen({ kind: 'invite' })}>
          Invite somebody…
        </Button>
      }
    >
      <div className="scroll settings-page">
        <p className="settings-lead">What each may do, for all workflows or for a folder of them. Changes hold at once.</p>
        <Loaded query={people} rows={4} height={48} label="Loading people">
          {(rows) => (
            <PeopleTable
              people={rows}
              onRoles={(person) => setOpen({ kind: 'roles', person })}
              onDisable={(person) => setOpen({ kind: 'disable', person })}
              onEnable={(person) => setDisabled.mutate({ id: person.id, disabled: false }, { onError: toastError })}
              onResetLink={(person, link) =>
                setOpen({
                  kind: 'link',
                  title: `A new password for ${person.name}`,
                  text: link,
                  words: 'Hand them this link. It works once, for a day, ends their sessions, and is not shown again.',
                })
              }
            />
          )}
        </Loaded>
        <Loaded query={invitations} rows={0} height={48} label="Loading invitations">
          {(rows) => (rows.length === 0 ? null : <Invitations rows={rows} onChanged={refresh} onLink={showInvitation} />)}
        </Loaded>
        {open?.kind === 'invite' ? (
          <InviteDialog
            onClose={close}
            onInvited={(email, link) => {
              refresh();
              showInvitation(email, link);
            }}
          />
        ) : null}
        {open?.kind === 'roles' ? <RolesDialog person={open.person} onClose={close} /> : null}
        {open?.kind === 'disable' ? (
          <Dialog
            opened
            onClose={close}
            title={`Disable ${open.person.name}?`}
            action="Disable"
            danger
            busy={setDisabled.isPending}
            error={setDisabled.error}
            onAction={() => setDisabled.mutate({ id: open.person.id, disabled: true })}
          >
            <p className="t2">
              {open.person.name} is signed out everywhere and cannot sign in. Roles, tasks and the name in histories stay, and you can
              enable them again.
            </p>
          </Dialog>
        ) : null}
        {open?.kind === 'link' ? (
          <OneUseLink title={open.title} text={open.text} copy="Copy the link" onClose={close}>
            {open.words}
          </OneUseLink>
        ) : null}
      </div>
    </SettingsFrame>
  );
}

const PEOPLE_COLUMNS: readonly ListColumn[] = [
  { title: 'Name', width: '32%' },
  { title: 'Roles' },
  { title: 'Groups', width: 150 },
  { title: 'Last seen', width: 140 },
  { title: 'Actions', width: 200, actions: true },
];

function PeopleTable({
  people,
  onRoles,
  onDisable,
  onEnable,
  onResetLink,
}: {
  people: readonly PersonRow[];
  onRoles: (person: PersonRow) => void;
  onDisable: (person: PersonRow) => void;
  onEnable: (person: PersonRow) => void;
  onResetLink: (person: PersonRow, link: string) => void;
}) {
  const me = useMe().data?.user.id;
  const resetLink = useMutation(trpc.people.resetLink.mutationOptions({ onError: toastError }));
  const endSessions = useMutation(
    trpc.people.endSessions.mutationOptions({
      onError: toastError,
      onSuccess: () => toast({ shape: 'completed', title: 'Signed out everywhere' }),
    }),
  );
  return (
    <ListTable label="People" className="list-wide" columns={PEOPLE_COLUMNS}>
      {people.map((person) => (
        <tr key={person.id}>
          <td>
            <div className="row g8">
              <Avatar name={person.name} size="sm" />
              <div style={{ minWidth: 0 }}>
                <div className="row g6">
                  <span className="b6 ell">{person.name}</span>
                  {person.id === me ? <span className="tag">You</span> : null}
                  {person.disabledAt === null ? null : <span className="tag line">Disabled</span>}
                </div>
                <div className="s12 t3 ell">{person.email}</div>
              </div>
            </div>
          </td>
          <td>
            <RoleTags grants={person.grants} />
          </td>
          <td className="t2">
            {person.groups.length === 0 ? <span className="t3">None</span> : person.groups.map(({ name }) => name).join(', ')}
          </td>
          <td className="num t2">
            {person.lastSeenAt === null ? <span className="t3">Not signed in</span> : formatMoment(person.lastSeenAt)}
            <div className="s12">
              <AuditLink search={{ actor: person.id }}>
                What they did<span className="visually-hidden"> ({person.name})</span>
              </AuditLink>
            </div>
          </td>
          <RowActions>
            <Button size="sm" onClick={() => onRoles(person)}>
              Roles…<span className="visually-hidden"> of {person.name}</span>
            </Button>
            <Menu width={220}>
              <Menu.Target>
                <button type="button" className="btn ghost sm icon" aria-label={`More for ${person.name}`}>
                  <IconDots className="ic" stroke={1.8} />
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                {person.disabledAt === null ? (
                  <>
                    <Menu.Item onClick={() => resetLink.mutate({ id: person.id }, { onSuccess: ({ link }) => onResetLink(person, link) })}>
                      Make a link to set a password
                    </Menu.Item>
                    <Menu.Item onClick={() => endSessions.mutate({ id: person.id })}>Sign out everywhere</Menu.Item>
                    <Menu.Item color="var(--failed)" onClick={() => onDisable(person)}>
                      Disable…
                    </Menu.Item>
                  </>
                ) : (
                  <Menu.Item onClick={() => onEnable(person)}>Enable again</Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </RowActions>
        </tr>
      ))}
    </ListTable>
  );
}

const INVITATIONS_COLUMNS: readonly ListColumn[] = [
  { title: 'E-mail', width: '32%' },
  { title: 'Roles' },
  { title: 'Groups', width: 150 },
  { title: 'Good until', width: 140 },
  { title: 'Actions', width: 200, actions: true },
];

function Invitations({
  rows,
  onChanged,
  onLink,
}: {
  rows: readonly InvitationRow[];
  onChanged: () => void;
  onLink: (email: string, link: { link: string; mailed: boolean }) => void;
}) {
  const again = useMutation(trpc.people.inviteAgain.mutationOptions({ onError: toastError, onSuccess: onChanged }));
  const withdraw = useMutation(trpc.people.withdrawInvitation.mutationOptions({ onError: toastError, onSuccess: onChanged }));
  return (
    <>
      <h2>Invitations</h2>
      <ListTable label="Invitations" className="list-wide" columns={INVITATIONS_COLUMNS}>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <div className="b5 ell">{row.email}</div>
              <div className="s12 t3 ell">By {row.createdBy}</div>
            </td>
            <td>
              <RoleTags grants={row.grants} />
            </td>
            <td className="t2">
              {row.groups.length === 0 ? <span className="t3">None</span> : row.groups.map(({ name }) => name).join(', ')}
            </td>
            <td className="num t2">{row.expired ? <span className="t3">Expired</span> : formatMoment(row.expiresAt)}</td>
            <RowActions>
              <Button size="sm" onClick={() => again.mutate({ id: row.id }, { onSuccess: (link) => onLink(row.email, link) })}>
                New link<span className="visually-hidden"> for {row.email}</span>
              </Button>
              <Button size="sm" look="danger" onClick={() => withdraw.mutate({ id: row.id })}>
                Withdraw<span className="visually-hidden"> {row.email}</span>
              </Button>
            </RowActions>
          </tr>
        ))}
      </ListTable>
    </>
  );
}
