import { useMemo, type ReactNode } from 'react';
import type { Json } from '@perdure/graph';

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

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],])/g;

function colour(value: Json): { parts: ReactNode[]; cut: number } {
  let text = JSON.stringify(value, null, 2) ?? 'null';
  const lines = text.split('\n');
  const cut = Math.max(0, lines.length - MOST_LINES);
  if (cut > 0) text = lines.slice(0, MOST_LINES).join('\n');
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const [whole, string, colon, word] = match;
    if (string !== undefined) {
      parts.push(
        <span key={match.index} className={colon === undefined ? 's' : 'k'}>
          {string}
        </span>,
      );
      if (colon !== undefined)
        parts.push(
          <span key={`${match.index}:`} className="p">
            {colon}
          </span>,
        );
    } else {
      parts.push(
        <span key={match.index} className={word === undefined ? 'p' : 'n'}>
          {whole}
        </span>,
      );
    }
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return { parts, cut };
}
