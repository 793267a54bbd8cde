import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OwnAccount } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { type ListColumn, ListTable, RowActions } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { toast, toastError } from '../components/toast.tsx';
import { FormFault } from '../sign-in/form-fault.tsx';
import { NewPasswordField, passwordRefusal } from '../sign-in/new-password-field.tsx';
import { changePassword } from '../sign-in/session.ts';
import { roleWords } from './role-words.ts';
import { SettingsFrame } from './settings-frame.tsx';

export function AccountPage() {
  const me = useMe().data;
  const account = useQuery(trpc.account.get.queryOptions());
  return (
    <SettingsFrame title="My account">
      <div className="scroll settings-page">
        <p className="settings-lead">
          {me?.user.email}
          {me === undefined
            ? ''
            : `, ${me.grants.flatMap(({ role, folder }) => (role === null ? [] : folder === '' ? roleWords[role].label : `${roleWords[role].label} in ${folder}`)).join(', ') || 'no role'}`}
          {me !== undefined && me.groups.length > 0 ? `, in ${me.groups.join(', ')}` : ''}
        </p>
        {me === undefined ? null : <NamePart key={me.user.name} name={me.user.name} />}
        <Loaded query={account} rows={4} height={44} label="Loading your account">
          {({ hasPassword, sessions }) => (
            <>
              <PasswordPart hasPassword={hasPassword} />
              <SessionsPart sessions={sessions} />
            </>
          )}
        </Loaded>
      </div>
    </SettingsFrame>
  );
}

function NamePart({ name: saved }: { name: string }) {
  const queries = useQueryClient();
  const [name, setName] = useState(saved);
  const rename = useMutation(
    trpc.account.rename.mutationOptions({
      onError: toastError,
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.session.pathKey() });
        toast({ shape: 'completed', title: 'Name changed' });
      },
    }),
  );
  const refusal = name.trim() === '' ? 'Enter your name' : name.trim() === saved ? 'It is saved as it is' : null;
  return (
    <section className="settings-part" aria-label="Name">
      <h2>Name</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) rename.mutate({ name: name.trim() });
        }}
      >
        <TextInput
          label="Your name"
          description="Others see it in lists, tasks and histories."
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className="row">
          <Button type="submit" busy={rename.isPending} refusal={refusal}>
            Save name
          </Button>
        </div>
      </form>
    </section>
  );
}

function PasswordPart({ hasPassword }: { hasPassword: boolean }) {
  const queries = useQueryClient();
  const email = useMe().data?.user.email;
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const refusal = hasPassword && current === '' ? 'Enter your current password' : passwordRefusal(password);
  return (
    <section className="settings-part" aria-label="Password">
      <h2>Password</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || refusal !== null) return;
          setBusy(true);
          setFault(null);
          void changePassword(hasPassword ? current : null, password).then((answer) => {
            setBusy(false);
            if (!answer.ok) return setFault(answer.fields[0]?.message ?? answer.message);
            setCurrent('');
            setPassword('');
            void queries.invalidateQueries({ queryKey: trpc.account.pathKey() });
            toast({
              shape: 'completed',
              title: hasPassword ? 'Password changed' : 'Password set',
              detail: 'Other sessions were signed out.',
            });
          });
        }}
      >
        {/* For password managers. */}
        <input type="email" name="email" autoComplete="username" value={email ?? ''} readOnly hidden />
        {hasPassword ? (
          <PasswordInput
            label="Current password"
            name="current-password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        ) : (
          <p className="t2">You sign in by link. With a password you can sign in from everywhere with {email}.</p>
        )}
        <NewPasswordField label="New password" value={password} onChange={setPassword} />
        <FormFault text={fault} />
        <div className="row">
          <Button type="submit" busy={busy} refusal={refusal}>
            {hasPassword ? 'Change password' : 'Set password'}
          </Button>
        </div>
      </form>
    </section>
  );
}

const SESSION_COLUMNS: readonly ListColumn[] = [
  { title: 'Device' },
  { title: 'Address' },
  { title: 'Signed in' },
  { title: 'Actions', width: 110, actions: true },
];

function SessionsPart({ sessions }: { sessions: OwnAccount['sessions'] }) {
  const queries = useQueryClient();
  const onSuccess = () => void queries.invalidateQueries({ queryKey: trpc.account.pathKey() });
  const endOne = useMutation(trpc.account.endSession.mutationOptions({ onError: toastError, onSuccess }));
  const endOthers = useMutation(trpc.account.endOtherSessions.mutationOptions({ onError: toastError, onSuccess }));
  const others = sessions.filter(({ current }) => !current).length;
  return (
    <section className="settings-part" aria-label="Sessions">
      <div className="row g8" style={{ marginBottom: 8 }}>
        <h2 style={{ margin: 0 }} className="grow">
          Where you are signed in
        </h2>
        <Button
          size="sm"
          refusal={others === 0 ? 'This is the only one' : null}
          busy={endOthers.isPending}
          onClick={() => endOthers.mutate()}
        >
          {others === 0 ? 'Sign out others' : `Sign out ${others} ${others === 1 ? 'other' : 'others'}`}
        </Button>
      </div>
      <ListTable label="Sessions" columns={SESSION_COLUMNS}>
        {sessions.map((session) => (
          <tr key={session.id}>
            <td>
              <span className="b5">{session.device}</span> {session.current ? <span className="tag accent">This one</span> : null}
            </td>
            <td className="mono t2">{session.address}</td>
            <td className="num t2">{formatMoment(session.createdAt)}</td>
            <RowActions>
              {session.current ? null : (
                <Button size="sm" onClick={() => endOne.mutate({ id: session.id })}>
                  Sign out<span className="visually-hidden"> {session.device}</span>
                </Button>
              )}
            </RowActions>
          </tr>
        ))}
      </ListTable>
    </section>
  );
}
