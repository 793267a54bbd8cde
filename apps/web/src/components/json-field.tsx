import { Textarea } from '@mantine/core';
import { parseJson, type Json } from '@perdure/graph';
import { useRef } from 'react';
import { jsonColours } from './json-colours.tsx';
import './json-field.css';

/** JSON typed by a person. Empty counts as `null`. */
export function readJson(text: string): { ok: true; value: Json } | { ok: false; message: string } {
  if (text.trim() === '') return { ok: true, value: null };
  const result = parseJson(text);
  return result.ok ? { ok: true, value: result.value } : { ok: false, message: `Line ${result.line}: ${result.message}` };
}

/** Longer text is typed uncoloured: a colour is an element, and every key would lay all of them out again. */
const mostColoured = 40_000;

/** JSON as a text field. Its colours lie under it, in the same lines; the field's own letters are clear then. */
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
  const under = useRef<HTMLPreElement>(null);
  const isColoured = value.length <= mostColoured;
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
      classNames={{ input: 'json-field-text' }}
      inputContainer={(field) => (
        <div className={`json-field ${isColoured ? 'coloured' : ''}`}>
          {isColoured ? (
            <pre className="code" ref={under} aria-hidden="true">
              {jsonColours(value)}
              {/* A last empty line has its height, too. */}
              {'\n'}
            </pre>
          ) : null}
          {field}
        </div>
      )}
      onScroll={({ currentTarget: { scrollTop } }) => {
        if (under.current) under.current.scrollTop = scrollTop;
      }}
    />
  );
}
