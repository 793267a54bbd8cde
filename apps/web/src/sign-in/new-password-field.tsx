import { PasswordInput } from '@mantine/core';

const least = 12;

/** Null when it may be sent; the server has the last word. */
export function passwordRefusal(password: string): string | null {
  return password.length < least ? `Use ${least} characters or more` : null;
}

export function NewPasswordField({
  label = 'Password',
  value,
  onChange,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <PasswordInput
      label={label}
      name="new-password"
      description={`${least} characters or more. A few words are easy to remember and hard to guess.`}
      autoComplete="new-password"
      maxLength={128}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
