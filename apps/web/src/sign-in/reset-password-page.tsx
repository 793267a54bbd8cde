import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { toast } from '../components/toast.tsx';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { FormFault } from './form-fault.tsx';
import { NewPasswordField, passwordRefusal } from './new-password-field.tsx';
import { resetPassword } from './session.ts';
import { useLinkToken } from './use-link-token.ts';

/** Behind a link that sets a new password. Opening it does nothing by itself. */
export function ResetPasswordPage() {
  useDocumentTitle('Set a new password');
  const token = useLinkToken();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  return (
    <SignInCard title="Set a new password">
      <p>You are signed out everywhere else by it.</p>
      <form
        className="sign-in-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || passwordRefusal(password) !== null) return;
          setBusy(true);
          void resetPassword(token, password).then((answer) => {
            setBusy(false);
            if (!answer.ok) return setFault(answer.fields[0]?.message ?? answer.message);
            toast({ shape: 'completed', title: 'Your password is set', detail: 'Sign in with it.' });
            void navigate({ to: '/sign-in', search: { email: answer.content.email } });
          });
        }}
      >
        <NewPasswordField label="New password" value={password} onChange={setPassword} />
        <FormFault text={fault} />
        <div className="row g8">
          <Button type="submit" look="primary" size="lg" busy={busy} refusal={passwordRefusal(password)}>
            Set password
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
