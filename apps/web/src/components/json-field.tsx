import { Textarea } from '@mantine/core';
import { parseJson, type Json } from '@perdure/graph';

/** JSON typed by a person. Empty counts as `null`. */
export function readJson(text: string): { ok: true; value: Json } | { ok: false; message: string } {
  if (text.trim() === '') return { ok: true, value: null };
  const result = parseJson(text);
  return result.ok ? { ok: true, value: result.value } : { ok: false, message: `Line ${result.line}: ${result.message}` };
}

export function JsonField({
  label,
  description,
  value,
  onChange,
  rows = 8,
  error,
}: {
  label: string;
  description?: string;
  value: string;
  onChange: (text: string) => void;
  rows?: number;
  error?: string | null;
}) {
  const read = readJson(value);
  return (
    <Textarea
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autosize
      minRows={rows}
      maxRows={20}
      spellCheck={false}
      error={error ?? (read.ok ? null : read.message)}
      styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12, lineHeight: '19px' } }}
    />
  );
}
