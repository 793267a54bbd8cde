import { useLayoutEffect } from 'react';

/** How many are open, how many have just closed, and where the focus was before the first of those that follow each other. */
let open = 0;
let closing = 0;
let origin: Element | null = null;

/** Gives the focus back to where it was before something opened over the page: the keyboard goes on where it left off. */
export function useFocusReturn(opened: boolean): void {
  // Before the dialog takes the focus, which it does in an effect or later.
  useLayoutEffect(() => {
    if (!opened) return;
    const active = document.activeElement;
    // A dialog that another one, closing just now, leads to: what the first was opened from is what both go back to.
    const follows = open === 0 && (closing > 0 || active?.closest('[role="dialog"]'));
    const before = follows ? origin : active;
    origin = before;
    const below = open;
    open += 1;
    return () => {
      open -= 1;
      closing += 1;
      // After the dialog has gone; whoever has taken the focus meanwhile keeps it.
      setTimeout(() => {
        closing -= 1;
        if (open > below) return;
        const now = document.activeElement;
        const isFree = now === null || now === document.body || now.closest('[role="dialog"]') !== null;
        if (isFree && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [opened]);
}
