import { useEffect, useState, type RefObject } from 'react';

/** How long a finger rests until it asks for the menu. */
const longPressMs = 500;
/** A resting finger is never quite still. */
export const touchSlackPx = 10;
/** How far from the end of a selected edge a finger still takes it. */
const edgeEndReachPx = 20;

/**
 * Fingers on the canvas. True once the latest press was one: then a finger moves what is selected and pans from everywhere else, and what
 * can be grabbed is larger. A finger that rests opens the menu a right click opens; browsers differ in whether they say so themselves. The
 * ends of a selected edge, which React Flow gives to the mouse alone, are taken by a finger, too.
 */
export function useTouch(frame: RefObject<HTMLElement | null>): boolean {
  const [isTouch, setIsTouch] = useState(() => matchMedia('(pointer: coarse)').matches);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let resting: { id: number; x: number; y: number; timer: ReturnType<typeof setTimeout> } | null = null;
    /** The menu is open and the finger still down: what it does from here on is meant for nothing. */
    let isSpent = false;

    const stop = (): void => {
      clearTimeout(resting?.timer);
      resting = null;
    };
    const down = (event: PointerEvent): void => {
      const isFinger = event.pointerType === 'touch';
      setIsTouch(isFinger);
      stop();
      const { target, clientX, clientY } = event;
      if (!isFinger || !event.isPrimary || !(target instanceof Element)) return;
      isSpent = false;
      const ask = (): void => {
        resting = null;
        target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY }));
        isSpent = true;
      };
      resting = { id: event.pointerId, x: clientX, y: clientY, timer: setTimeout(ask, longPressMs) };
    };
    const move = (event: PointerEvent): void => {
      if (resting?.id === event.pointerId && Math.hypot(event.clientX - resting.x, event.clientY - resting.y) > touchSlackPx) stop();
    };
    const menu = (event: MouseEvent): void => {
      if (!event.isTrusted || !('pointerType' in event) || event.pointerType !== 'touch') return;
      // The browser's own, for the same finger: one of the two is enough.
      if (isSpent) {
        event.preventDefault();
        event.stopPropagation();
      }
      stop();
      isSpent = true;
    };
    const take = (event: TouchEvent): void => {
      const [touch] = event.touches;
      if (!touch || event.touches.length > 1) return;
      const end = edgeEndNear(element, touch);
      if (!end) return;
      stop();
      // Neither a pan nor a click; from here on React Flow follows the finger itself.
      event.stopPropagation();
      if (event.cancelable) event.preventDefault();
      const { clientX, clientY } = touch;
      end.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0, clientX, clientY }));
    };
    const hold = (event: TouchEvent): void => {
      if (!isSpent) return;
      event.stopPropagation();
      if (event.cancelable) event.preventDefault();
    };
    const lift = (event: TouchEvent): void => {
      if (!isSpent) return;
      // No click comes of it, which would close the menu again.
      if (event.cancelable) event.preventDefault();
      if (event.touches.length === 0) isSpent = false;
    };
    element.addEventListener('pointerdown', down, true);
    element.addEventListener('contextmenu', menu, true);
    element.addEventListener('touchstart', take, { capture: true, passive: false });
    element.addEventListener('touchmove', hold, { capture: true, passive: false });
    element.addEventListener('touchend', lift, { capture: true, passive: false });
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', stop);
    window.addEventListener('pointercancel', stop);
    return () => {
      stop();
      element.removeEventListener('pointerdown', down, true);
      element.removeEventListener('contextmenu', menu, true);
      element.removeEventListener('touchstart', take, true);
      element.removeEventListener('touchmove', hold, true);
      element.removeEventListener('touchend', lift, true);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', stop);
      window.removeEventListener('pointercancel', stop);
    };
  }, [frame]);
  return isTouch;
}

/** The nearest within reach, unless the finger is on what stands between the two. */
function edgeEndNear(canvas: HTMLElement, { clientX, clientY, target }: Touch): Element | null {
  if (target instanceof Element && target.closest('.wf-insert')) return null;
  let nearest: { end: Element; away: number } | null = null;
  for (const end of canvas.querySelectorAll('.react-flow__edgeupdater')) {
    const { x, y, width, height } = end.getBoundingClientRect();
    const away = Math.hypot(x + width / 2 - clientX, y + height / 2 - clientY);
    if (away <= edgeEndReachPx && away < (nearest?.away ?? Infinity)) nearest = { end, away };
  }
  return nearest?.end ?? null;
}
