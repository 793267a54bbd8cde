import { TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { NewPasswordField, passwordRefusal } from './new-password-field.tsx';
import { acceptInvitation, lookAtInvitation } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';
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
  return (
    <SignInCard title={`${invitedBy} invites you`}>
      <p>
        You will sign in as <b className="b5 t1">{email}</b>.
      </p>
      <SignInForm
        action="Accept the invitation"
        refusal={name.trim() === '' ? 'Enter your name' : passwordRefusal(password)}
        onSubmit={async () => {
          const answer = await acceptInvitation(token, name, password);
          if (!answer.ok) return answer.fields[0]?.message ?? answer.message;
          queries.clear();
          void navigate({ to: '/', replace: true });
          return null;
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
      </SignInForm>
    </SignInCard>
  );
}
