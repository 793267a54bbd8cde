import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

const BEYOND = 2;

interface RowWindow {
  /** The rows in sight, and a few beyond either end. */
  indexes: number[];
  /** Never more than so many. */
  most: number;
  /** Brings a row into sight, by the shortest way. */
  show: (index: number) => void;
}

/**
 * Which rows of one height are drawn in a scroller. When what is followed moves out of sight, its row is in the middle of the same drawing
 * that moved it: scrolling first and drawing the rows when the browser tells of it would cost a second layout for every step.
 */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  {
    count,
    rowHeight,
    followed,
    indexOf,
  }: { count: number; rowHeight: number; followed: number | null; indexOf: (followed: number) => number },
): RowWindow {
  const [height, setHeight] = useState(0);
  const [top, setTop] = useState(0);
  const [seen, setSeen] = useState(followed);
  const most = Math.max(0, count * rowHeight - height);
  let at = Math.min(top, most);
  if (followed !== seen && height > 0) {
    setSeen(followed);
    const index = followed === null ? -1 : indexOf(followed);
    if (index >= 0 && (index * rowHeight < at || (index + 1) * rowHeight > at + height)) {
      at = Math.min(most, Math.max(0, index * rowHeight - height / 2));
      setTop(at);
    }
  }

  /** Where the scroller is, as far as it has told or been told: to ask it would make it lay out. */
  const scrolledTo = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || Math.abs(scrolledTo.current - top) < 1) return;
    scrolledTo.current = top;
    element.scrollTop = top;
  }, [scroller, top]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = (): void => {
      const now = element.scrollTop;
      if (Math.abs(scrolledTo.current - now) < 1) return;
      scrolledTo.current = now;
      // In this frame: otherwise it would be blank where there were no rows.
      flushSync(() => setTop(now));
    };
    const resized = new ResizeObserver(() => setHeight(element.clientHeight));
    resized.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);

  const first = Math.max(0, Math.floor(at / rowHeight) - BEYOND);
  const end = height === 0 ? 0 : Math.min(count, Math.ceil((at + height) / rowHeight) + BEYOND);
  return {
    indexes: Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i),
    most: Math.ceil(height / rowHeight) + 2 * BEYOND + 1,
    show: (index) => {
      if (index * rowHeight < at) setTop(Math.max(0, index * rowHeight));
      else if ((index + 1) * rowHeight > at + height) setTop(Math.min(most, (index + 1) * rowHeight - height));
    },
  };
}
