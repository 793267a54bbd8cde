import type { ReactNode } from 'react';
import { Logo } from './logo.tsx';
import { useDocumentTitle } from './use-document-title.ts';
import './signed-out-page.css';

export function SignedOutPage() {
  useDocumentTitle('Sign in');
  return (
    <SignInCard title="You are not signed in">
      <p>
        Perdure prints a sign-in link when it starts. Open that link in this browser, or make a new one on the machine where Perdure runs:
      </p>
      <pre className="code">pnpm perdure signin-link</pre>
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
