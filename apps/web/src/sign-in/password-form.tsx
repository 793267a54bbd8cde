import { PasswordInput, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { signInWithPassword } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';

export function PasswordForm({ email: known = '', onSignedIn }: { email?: string; onSignedIn: () => void }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  return (
    <SignInForm
      action="Sign in"
      refusal={email.trim() === '' || password === '' ? 'Enter your e-mail address and password' : null}
      onSubmit={async () => {
        const answer = await signInWithPassword(email, password);
        if (answer.ok) {
          onSignedIn();
          return null;
        }
        setPassword('');
        return answer.message;
      }}
      aside={
        <Link to="/forgotten-password" className="lnk">
          Forgotten password
        </Link>
      }
    >
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
    </SignInForm>
  );
}
