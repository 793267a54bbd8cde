import { useEffect, useRef } from 'react';
import { isTyping } from './is-typing.ts';

/** What lies over the page takes its own keys. */
const overThePage = '[role="dialog"], [role="menu"]';

/** Looked at before anybody acts on a key: the Esc that closes a dialog is the dialog's, although it is gone when the page hears of it. */
let wasOverThePage = false;
window.addEventListener('keydown', () => (wasOverThePage = document.querySelector(overThePage) !== null), { capture: true });

/** What single keys do on a page. They rest while somebody types, and while a dialog or menu is open. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || wasOverThePage) return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
