import { useEffect } from 'react';
import { isTyping } from '../components/is-typing.ts';

type Place = '/dashboard' | '/incidents' | '/jobs' | '/workflows' | '/instances' | '/entities' | '/inbox';
const PLACES: Record<string, Place> = {
  d: '/dashboard',
  n: '/incidents',
  j: '/jobs',
  w: '/workflows',
  r: '/instances',
  e: '/entities',
  i: '/inbox',
};
const SECOND_KEY_WITHIN_MS = 1_000;

/** `g` then `i` opens the inbox, `g w` the workflows, `g r` the instances, `g e` the entities, `g d` the dashboard, `g n` the incidents, `g j` the jobs. */
export function useGoKeys(go: (to: Place) => void): void {
  useEffect(() => {
    let pressedAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') {
        pressedAt = event.timeStamp;
        return;
      }
      const place = PLACES[event.key];
      if (place === undefined || pressedAt === 0 || event.timeStamp - pressedAt > SECOND_KEY_WITHIN_MS) return;
      pressedAt = 0;
      event.preventDefault();
      event.stopImmediatePropagation();
      go(place);
    };
    // Capturing: the second key must not also do what it does on the page.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [go]);
}
