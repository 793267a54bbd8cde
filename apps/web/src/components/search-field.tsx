import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Kbd } from './kbd.tsx';
import { useKeys } from './use-keys.ts';

const SETTLE_MS = 250;

/** Search as you type: the address follows a quarter of a second after the last key. `/` comes here, Esc empties it, Enter gives the keys back to the page. */
export function SearchField({
  value,
  onChange,
  label,
  width,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
  width: number;
}) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useKeys({ '/': () => input.current?.focus() });

  useEffect(() => {
    // The address changed by other means (Back, a view): it wins over what stands here.
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);

  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);

  return (
    <div className="input" role="search" style={{ width }}>
      <IconSearch className="ic" stroke={1.8} />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          if (event.key === 'Escape') setText('');
          event.preventDefault();
          event.currentTarget.blur();
        }}
      />
      {text === '' ? (
        <Kbd>/</Kbd>
      ) : (
        <button type="button" className="plain" aria-label="Clear search" onClick={() => setText('')}>
          <IconX className="ic" stroke={1.8} />
        </button>
      )}
    </div>
  );
}
