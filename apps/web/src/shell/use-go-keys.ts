import { useEffect, useRef } from 'react';
import { isTyping } from '../components/is-typing.ts';
import type { Page } from './pages.ts';

const SECOND_KEY_WITHIN_MS = 1_000;

/** `g` and then a page's key opens the page. */
export function useGoKeys(pages: readonly Page[], go: (to: Page['to']) => void): void {
  // A page that is drawn between the two keys must not lose the first.
  const pressedAt = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') {
        pressedAt.current = event.timeStamp;
        return;
      }
      const page = pages.find(({ key }) => key === event.key);
      if (page === undefined || pressedAt.current === 0 || event.timeStamp - pressedAt.current > SECOND_KEY_WITHIN_MS) return;
      pressedAt.current = 0;
      event.preventDefault();
      event.stopImmediatePropagation();
      go(page.to);
    };
    // Capturing: the second key must not also do what it does on the page.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [go, pages]);
}
