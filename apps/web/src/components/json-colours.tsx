import type { ReactNode } from 'react';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],])/g;

/** JSON text in the code colours, also while it is being typed: what is no token stays as it is. */
export function jsonColours(text: string): ReactNode[] {
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
  return parts;
}
