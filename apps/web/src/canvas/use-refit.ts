import { useEffect, useRef, type RefObject } from 'react';
import type { Box } from './obstacle-index.ts';
import type { CanvasView } from './react-flow.ts';

interface RefitParts {
  frame: RefObject<HTMLElement | null>;
  view: CanvasView;
  /** Where the canvas was put at first. */
  start: { x: number; y: number; zoom: number } | null;
  fit: { fromTop: boolean; leastZoom?: number };
  bounds(): Box;
}

/** When panels beside the canvas open or close, everything is shown again, as long as nobody has moved the view. */
export function useRefit({ frame, view, start, fit, bounds }: RefitParts): void {
  const fitted = useRef<{ x: number; y: number; zoom: number } | null>(null);
  const area = useRef(bounds);
  useEffect(() => {
    area.current = bounds;
  });
  useEffect(() => {
    const element = frame.current;
    if (!element || !start) return;
    fitted.current = { x: -start.x / start.zoom, y: -start.y / start.zoom, zoom: start.zoom };
    const size = new ResizeObserver(() => {
      const was = fitted.current;
      const seen = view.visible();
      // React Flow measures its place a little later than this; it is asked in the next frame.
      if (!was || !isNear(was, { ...seen, zoom: view.zoom() })) return size.disconnect();
      requestAnimationFrame(() => {
        if (!fitted.current || !isNear(fitted.current, { ...view.visible(), zoom: view.zoom() })) return;
        view.show(area.current(), { ...fit, instantly: true });
        fitted.current = { ...view.visible(), zoom: view.zoom() };
      });
    });
    size.observe(element);
    return () => size.disconnect();
  }, [fit, frame, start, view]);
}

function isNear(a: { x: number; y: number; zoom: number }, b: { x: number; y: number; zoom: number }): boolean {
  return Math.abs(a.x - b.x) < 1 && Math.abs(a.y - b.y) < 1 && Math.abs(a.zoom - b.zoom) < 0.001;
}
