import { Textarea } from '@mantine/core';

/** Why: asked for whatever cannot be taken back or changes what an instance does. */
export function ReasonField({ value, onChange, focus = false }: { value: string; onChange: (text: string) => void; focus?: boolean }) {
  return (
    <Textarea
      label={
        <>
          Reason <span className="t3 b4">kept in the history and the audit log</span>
        </>
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(focus ? { 'data-autofocus': true } : {})}
      autosize
      minRows={2}
      maxLength={2_000}
    />
  );
}
