import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { SignedOutPage, SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { type Answer, signInWithLink } from './session.ts';

const route = getRouteApi('/sign-in');

/** The page a sign-in link opens. Opening alone uses nothing up: the token is posted by this script, so a link preview cannot burn it. */
export function SignInPage() {
  useDocumentTitle('Sign in');
  const { token, to, email } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [result, setResult] = useState<Answer | null>(null);
  const [attempt, setAttempt] = useState(0);
  const posted = useRef(-1);

  const goOn = useCallback(() => {
    queries.clear();
    void navigate({ to: to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/', replace: true });
  }, [queries, navigate, to]);

  useEffect(() => {
    if (token === undefined || posted.current === attempt) return;
    posted.current = attempt; // A token is used up by the first post: never twice for one attempt.
    void signInWithLink(token).then((answer) => {
      setResult(answer);
      if (answer.ok) goOn();
    });
  }, [token, attempt, goOn]);

  if (token === undefined) return <SignedOutPage email={email} onSignedIn={goOn} />;
  if (result && !result.ok && result.code !== 'unreachable') {
    return (
      <SignInCard title="This link is no longer valid">
        <p>A sign-in link works once and for a limited time. Make a new one on the machine where Perdure runs:</p>
        <pre className="code">pnpm perdure signin-link</pre>
      </SignInCard>
    );
  }
  if (result && !result.ok) {
    return (
      <SignInCard title="Not signed in yet">
        <p>{result.message} The link stays valid until it is used.</p>
        <Button
          look="primary"
          size="lg"
          onClick={() => {
            setResult(null);
            setAttempt((count) => count + 1);
          }}
        >
          Try again
        </Button>
      </SignInCard>
    );
  }
  return (
    <SignInCard title="Signing you in">
      <p role="status">The link is being checked.</p>
    </SignInCard>
  );
}
