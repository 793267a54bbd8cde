import { useMemo, type ReactNode } from 'react';
import type { Json } from '@perdure/graph';
import { jsonColours } from './json-colours.tsx';

/** Lines over this many are cut: the whole text is one click (copy) away, and a huge value must not freeze the page. */
const MOST_LINES = 2_000;

/** JSON in the code colours. Read-only and selectable. */
export function JsonView({ value, label }: { value: Json; label?: string }) {
  const { parts, cut } = useMemo(() => colour(value), [value]);
  return (
    <pre className="code" tabIndex={0} aria-label={label}>
      {parts}
      {cut > 0 ? <span className="p">{`\n… ${cut.toLocaleString('en')} more lines. Copy to see all.`}</span> : null}
    </pre>
  );
}

function colour(value: Json): { parts: ReactNode[]; cut: number } {
  let text = JSON.stringify(value, null, 2) ?? 'null';
  const lines = text.split('\n');
  const cut = Math.max(0, lines.length - MOST_LINES);
  if (cut > 0) text = lines.slice(0, MOST_LINES).join('\n');
  return { parts: jsonColours(text), cut };
}
