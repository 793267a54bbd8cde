import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { toast } from '../components/toast.tsx';
import { SignInCard } from '../shell/signed-out-page.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { NewPasswordField, passwordRefusal } from './new-password-field.tsx';
import { resetPassword } from './session.ts';
import { BackToSignIn, SignInForm } from './sign-in-form.tsx';
import { useLinkToken } from './use-link-token.ts';

/** Behind a link that sets a new password. Opening it does nothing by itself. */
export function ResetPasswordPage() {
  useDocumentTitle('Set a new password');
  const token = useLinkToken();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  return (
    <SignInCard title="Set a new password">
      <p>You are signed out everywhere else by it.</p>
      <SignInForm
        action="Set password"
        refusal={passwordRefusal(password)}
        onSubmit={async () => {
          const answer = await resetPassword(token, password);
          if (!answer.ok) return answer.fields[0]?.message ?? answer.message;
          toast({ shape: 'completed', title: 'Your password is set', detail: 'Sign in with it.' });
          void navigate({ to: '/sign-in', search: { email: answer.content.email } });
          return null;
        }}
        aside={<BackToSignIn />}
      >
        <NewPasswordField label="New password" value={password} onChange={setPassword} />
      </SignInForm>
    </SignInCard>
  );
}
