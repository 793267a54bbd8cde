import { TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { FormFault } from './form-fault.tsx';
import { forgottenPassword } from './session.ts';

export function ForgottenPasswordPage() {
  useDocumentTitle('Forgotten password');
  const [email, setEmail] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [mailed, setMailed] = useState<boolean | null>(null);
  if (mailed !== null) {
    return (
      <SignInCard title={mailed ? 'Look into your mail' : 'No mail server is set up'}>
        <p role="status">
          {mailed
            ? `If there is an account for ${email.trim()}, a link to set a new password is on its way. It works once, for an hour.`
            : 'Ask an administrator for a link: they make one under Settings, People.'}
        </p>
        <Link to="/sign-in" className="lnk">
          Back to sign-in
        </Link>
      </SignInCard>
    );
  }
  return (
    <SignInCard title="Forgotten password">
      <form
        className="sign-in-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void forgottenPassword(email).then((answer) => (answer.ok ? setMailed(answer.content.mailed) : setFault(answer.message)));
        }}
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
        <FormFault text={fault} />
        <div className="row g8">
          <Button type="submit" look="primary" size="lg" refusal={email.includes('@') ? null : 'Enter your e-mail address'}>
            Send a link
          </Button>
          <span className="grow" />
          <Link to="/sign-in" className="lnk">
            Back to sign-in
          </Link>
        </div>
      </form>
    </SignInCard>
  );
}
