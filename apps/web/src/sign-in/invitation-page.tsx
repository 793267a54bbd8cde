import { TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { FormFault } from './form-fault.tsx';
import { NewPasswordField, passwordRefusal } from './new-password-field.tsx';
import { acceptInvitation, lookAtInvitation } from './session.ts';
import { useLinkToken } from './use-link-token.ts';

/** Behind the link of an invitation: whoever opens it looks; only this page's form takes it. */
export function InvitationPage() {
  useDocumentTitle('Invitation');
  const token = useLinkToken();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const look = useQuery({ queryKey: ['invitation', token], queryFn: () => lookAtInvitation(token), staleTime: Infinity });
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (look.data === undefined)
    return (
      <SignInCard title="Invitation">
        <p role="status">The link is being checked.</p>
      </SignInCard>
    );
  if (!look.data.ok)
    return (
      <SignInCard title={look.data.code === 'unreachable' ? 'Not checked yet' : 'This invitation is no longer valid'}>
        <p>{look.data.message}</p>
        {look.data.code === 'unreachable' ? (
          <Button look="primary" size="lg" onClick={() => void look.refetch()}>
            Try again
          </Button>
        ) : null}
      </SignInCard>
    );
  const { email, invitedBy } = look.data.content;
  const refusal = name.trim() === '' ? 'Enter your name' : passwordRefusal(password);
  return (
    <SignInCard title={`${invitedBy} invites you`}>
      <p>
        You will sign in as <b className="b5 t1">{email}</b>.
      </p>
      <form
        className="sign-in-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || refusal !== null) return;
          setBusy(true);
          void acceptInvitation(token, name, password).then((answer) => {
            setBusy(false);
            if (!answer.ok) return setFault(answer.fields[0]?.message ?? answer.message);
            queries.clear();
            void navigate({ to: '/', replace: true });
          });
        }}
      >
        {/* For password managers, which otherwise keep the name as the account. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <TextInput
          label="Your name"
          name="name"
          autoComplete="name"
          autoFocus
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NewPasswordField value={password} onChange={setPassword} />
        <FormFault text={fault} />
        <div className="row">
          <Button type="submit" look="primary" size="lg" busy={busy} refusal={refusal}>
            Accept the invitation
          </Button>
        </div>
      </form>
    </SignInCard>
  );
}
