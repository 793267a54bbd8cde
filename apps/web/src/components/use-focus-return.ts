import { useLayoutEffect } from 'react';

/** Gives the focus back to where it was before something opened over the page: the keyboard goes on where it left off. */
export function useFocusReturn(opened: boolean): void {
  // Before the dialog takes the focus, which it does in an effect or later.
  useLayoutEffect(() => {
    if (!opened) return;
    const before = document.activeElement;
    return () => {
      // After the dialog has gone; whoever has taken the focus meanwhile keeps it.
      setTimeout(() => {
        const now = document.activeElement;
        const isFree = now === null || now === document.body || now.closest('[role="dialog"]') !== null;
        if (isFree && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [opened]);
}
