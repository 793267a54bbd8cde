import { useEffect, useRef, useState } from 'react';
import { isInside, type Box } from './obstacle-index.ts';
import { useViewportListener } from './react-flow.ts';

/**
 * The part of the canvas that React Flow is told of: the view and as much again on every side, moved on when the view comes near its rim.
 * Changes now and then, not on every frame of a pan.
 */
export function useDrawnArea(first: Box | null): Box | null {
  const [area, setArea] = useState<Box | null>(null);
  const current = useRef<Box | null>(null);
  const listen = useViewportListener();
  current.current = area ?? first;
  useEffect(
    () =>
      listen((view) => {
        const has = current.current;
        if (view.width === 0 || view.height === 0) return;
        const isMuchTooLarge = has !== null && has.width > view.width * 6;
        if (has && !isMuchTooLarge && isInside(grown(view, 0.25), has)) return;
        current.current = grown(view, 1);
        setArea(current.current);
      }),
    [listen],
  );
  return area ?? first;
}

/** With this share of its own size added on every side. */
export function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - width * by, y: y - height * by, width: width * (1 + 2 * by), height: height * (1 + 2 * by) };
}
