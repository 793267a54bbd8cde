import { useEffect, type RefObject } from 'react';
import { useViewportListener } from './react-flow.ts';

/** Two turns of a wheel lie closer together than this. */
const restMs = 200;

/**
 * Marks the canvas as `data-panning` while it is moved without being zoomed, by whatever means. Its style then gives the graph a layer of its own:
 * a frame of the pan moves what is painted already instead of painting all that is in view again. Not kept longer, because a layer that is
 * zoomed stays as it was painted, and its words would be blurred.
 */
export function usePanLayer(frame: RefObject<HTMLElement | null>): void {
  const listen = useViewportListener();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let last: { x: number; y: number; zoom: number } | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = (): void => {
      clearTimeout(timer);
      delete element.dataset['panning'];
    };
    const stop = listen((view) => {
      const before = last;
      last = view;
      if (before === null || (before.x === view.x && before.y === view.y && before.zoom === view.zoom)) return;
      if (before.zoom !== view.zoom) return rest();
      element.dataset['panning'] = '';
      clearTimeout(timer);
      timer = setTimeout(rest, restMs);
    });
    return () => {
      stop();
      rest();
    };
  }, [frame, listen]);
}
