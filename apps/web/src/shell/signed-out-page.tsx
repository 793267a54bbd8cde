import type { ReactNode } from 'react';
import { Logo } from './logo.tsx';
import { useDocumentTitle } from './use-document-title.ts';
import { PasswordForm } from '../sign-in/password-form.tsx';
import './signed-out-page.css';

export function SignedOutPage({ email, onSignedIn }: { email?: string | undefined; onSignedIn: () => void }) {
  useDocumentTitle('Sign in');
  return (
    <SignInCard title="Sign in">
      <PasswordForm {...(email === undefined ? {} : { email })} onSignedIn={onSignedIn} />
      <details className="sign-in-link">
        <summary>Sign in with a link</summary>
        <p>Perdure prints a sign-in link when it starts. Open it in this browser, or make a new one on the machine where Perdure runs:</p>
        <pre className="code">pnpm perdure signin-link</pre>
      </details>
    </SignInCard>
  );
}

export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="card">
        <Logo />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
