import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { FormFault } from './form-fault.tsx';

/** A form on a card of somebody who is not signed in: sent once at a time, and what the server said against it beneath the fields. */
export function SignInForm({
  action,
  refusal,
  onSubmit,
  aside,
  children,
}: {
  action: string;
  /** Why it cannot be sent yet: neither the button nor Enter does. */
  refusal: string | null;
  /** Resolves to what was wrong, null when nothing was. */
  onSubmit: () => Promise<string | null>;
  /** Another way on, across from the button. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  return (
    <form
      className="sign-in-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || refusal !== null) return;
        setBusy(true);
        setFault(null);
        void onSubmit().then((told) => {
          setBusy(false);
          setFault(told);
        });
      }}
    >
      {children}
      <FormFault text={fault} />
      <div className="row g8">
        <Button type="submit" look="primary" size="lg" busy={busy} refusal={refusal}>
          {action}
        </Button>
        {aside === undefined ? null : (
          <>
            <span className="grow" />
            {aside}
          </>
        )}
      </div>
    </form>
  );
}

export function BackToSignIn() {
  return (
    <Link to="/sign-in" className="lnk">
      Back to sign-in
    </Link>
  );
}
