import { PasswordInput, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Button } from '../components/button.tsx';
import { FormFault } from './form-fault.tsx';
import { signInWithPassword } from './session.ts';

export function PasswordForm({ email: known = '', onSignedIn }: { email?: string; onSignedIn: () => void }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || email.trim() === '' || password === '') return;
    setBusy(true);
    setFault(null);
    void signInWithPassword(email, password).then((answer) => {
      setBusy(false);
      if (answer.ok) return onSignedIn();
      setFault(answer.message);
      setPassword('');
    });
  };
  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <TextInput
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        autoFocus={known === ''}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        autoFocus={known !== ''}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <FormFault text={fault} />
      <div className="row g8">
        <Button
          type="submit"
          look="primary"
          size="lg"
          busy={busy}
          refusal={email.trim() === '' || password === '' ? 'Enter your e-mail address and password' : null}
        >
          Sign in
        </Button>
        <span className="grow" />
        <Link to="/forgotten-password" className="lnk">
          Forgotten password
        </Link>
      </div>
    </form>
  );
}
