import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { forgottenPassword } from './session.ts';
import { BackToSignIn, SignInForm } from './sign-in-form.tsx';

export function ForgottenPasswordPage() {
  useDocumentTitle('Forgotten password');
  const [email, setEmail] = useState('');
  const [mailed, setMailed] = useState<boolean | null>(null);
  if (mailed !== null) {
    return (
      <SignInCard title={mailed ? 'Look into your mail' : 'No mail server is set up'}>
        <p role="status">
          {mailed
            ? `If there is an account for ${email.trim()}, a link to set a new password is on its way. It works once, for an hour.`
            : 'Ask an administrator for a link: they make one under Settings, People.'}
        </p>
        <BackToSignIn />
      </SignInCard>
    );
  }
  return (
    <SignInCard title="Forgotten password">
      <SignInForm
        action="Send a link"
        refusal={email.includes('@') ? null : 'Enter your e-mail address'}
        onSubmit={async () => {
          const answer = await forgottenPassword(email);
          if (!answer.ok) return answer.fields[0]?.message ?? answer.message;
          setMailed(answer.content.mailed);
          return null;
        }}
        aside={<BackToSignIn />}
      >
        <TextInput
          label="E-mail"
          description="The address of your account."
          type="email"
          autoComplete="username"
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </SignInForm>
    </SignInCard>
  );
}
