import { useLayoutEffect, useState } from 'react';
import { useDesigner } from './use-designer.ts';

/** For what opens over the designer for a moment: when it has gone, the keyboard goes on where it was, else on the canvas. */
export function useFocusBack(): void {
  const { stage } = useDesigner();
  // Read while it is drawn the first time: its own field takes the focus right after.
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(
    () => () => {
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      else stage.focus();
    },
    [before, stage],
  );
}
