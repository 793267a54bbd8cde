import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { noteElementId } from './canvas-elements.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import { withContent } from './far-layer.tsx';
import { boxOf } from './drag-plan.ts';
import type { CanvasTool } from './graph-canvas.tsx';
import { isInside, type Box } from './obstacle-index.ts';
import type { CanvasView } from './react-flow.ts';
import type { Point } from './route-ends.ts';
import { elementsOf, emptySelection, selectionOf, type Selection } from './selection.ts';
import type { Drag } from './use-drag.ts';
import { touchSlackPx } from './use-touch.ts';

interface FarParts {
  enabled: boolean;
  editable: boolean;
  tool: CanvasTool;
  layout: CanvasLayout;
  view: CanvasView;
  frame: RefObject<HTMLElement | null>;
  selection: RefObject<Selection>;
  choose(selection: Selection): void;
  drag: Drag;
}

/** Pixels on the screen before a press becomes a drag. */
const threshold = 3;

/**
 * The mouse and touch on the far layer, where no node has an element: click and Shift-click select, a drag on a block moves the selection,
 * Shift and a drag draw a frame, a double click comes nearer. Everything else stays React Flow's: it pans and zooms.
 */
export function useFarGestures(parts: FarParts): { moved: ReadonlyMap<string, Point> | null; marquee: Box | null } {
  const { enabled, frame, layout, drag } = parts;
  const latest = useRef(parts);
  useEffect(() => {
    latest.current = parts;
  });
  const [marquee, setMarquee] = useState<Box | null>(null);

  useEffect(() => {
    const element = frame.current;
    if (!enabled || !element) return;
    let gesture: { kind: 'tap' | 'press' | 'drag' | 'frame'; id: number; hit: string | null; client: Point; canvas: Point } | null = null;
    const isOnCanvas = (event: Event): boolean =>
      event.target instanceof Element && event.target.closest('.react-flow__pane, .wf-far') !== null;
    const at = (event: PointerEvent | MouseEvent): Point => latest.current.view.toCanvas(event.clientX, event.clientY);

    const down = (event: PointerEvent): void => {
      // A second finger: the two of them zoom.
      if (gesture?.kind === 'drag') latest.current.drag.cancel();
      gesture = null;
      if (event.button !== 0 || !event.isPrimary || !isOnCanvas(event)) return;
      const { layout: placed, tool, editable, selection } = latest.current;
      const canvas = at(event);
      const hit = hitAt(placed, canvas);
      const client = { x: event.clientX, y: event.clientY };
      const frames = event.shiftKey !== (tool === 'select');
      if (frames && (hit === null || event.shiftKey)) gesture = { kind: 'frame', id: event.pointerId, hit, client, canvas };
      else if (hit !== null && editable) {
        // A finger drags what is selected; from everything else it pans, and chooses when it does not move.
        const isTap = event.pointerType === 'touch' && !elementsOf(selection.current).has(hit);
        gesture = { kind: isTap ? 'tap' : 'press', id: event.pointerId, hit, client, canvas };
      }
      if (!gesture) return;
      if (gesture.kind === 'press' && hit !== null && !elementsOf(selection.current).has(hit) && !event.ctrlKey && !event.metaKey)
        latest.current.choose({ ...selectionOf([hit]), edges: new Set() });
    };
    const move = (event: PointerEvent): void => {
      if (!gesture || event.pointerId !== gesture.id) return;
      const by = { x: event.clientX - gesture.client.x, y: event.clientY - gesture.client.y };
      if (gesture.kind === 'press' && Math.hypot(by.x, by.y) > threshold) gesture.kind = 'drag';
      const to = at(event);
      if (gesture.kind === 'drag' && gesture.hit !== null)
        latest.current.drag.moveBy([gesture.hit], { x: to.x - gesture.canvas.x, y: to.y - gesture.canvas.y });
      else if (gesture.kind === 'frame' && Math.hypot(by.x, by.y) > threshold) setMarquee(boxBetween(gesture.canvas, to));
    };
    const up = (event: PointerEvent): void => {
      if (!gesture || event.pointerId !== gesture.id) return;
      const { kind, hit, canvas, client } = gesture;
      gesture = null;
      setMarquee(null);
      const { choose, drag: dragging, layout: placed, selection } = latest.current;
      if (event.type === 'pointercancel') return dragging.cancel();
      if (kind === 'drag') return dragging.drop();
      const isClick = Math.hypot(event.clientX - client.x, event.clientY - client.y) <= (kind === 'tap' ? touchSlackPx : threshold);
      if (kind === 'frame' && !isClick) {
        const box = boxBetween(canvas, at(event));
        const inside = [
          ...placed.nodesIn(box).filter((id) => !placed.isOpenContainer(id) || isInside(placed.boxes.get(id) ?? box, box)),
          ...placed.notesIn(box).map(noteElementId),
        ];
        return choose({ ...selectionOf(inside), edges: new Set() });
      }
      if (hit === null || (kind === 'tap' && !isClick)) return;
      const toggles = event.shiftKey || event.ctrlKey || event.metaKey;
      const chosen = toggles ? elementsOf(selection.current) : new Set<string>();
      if (toggles && chosen.has(hit)) chosen.delete(hit);
      else chosen.add(hit);
      choose({ ...selectionOf(chosen), edges: new Set() });
    };
    /** React Flow would pan with what is ours. */
    const hold = (event: Event): void => {
      if (gesture && gesture.kind !== 'tap' && isOnCanvas(event)) event.stopPropagation();
    };
    const click = (event: MouseEvent): void => {
      if (!isOnCanvas(event) || latest.current.editable) return selectNothing(event);
      const hit = hitAt(latest.current.layout, at(event));
      latest.current.choose(hit === null ? emptySelection : { ...selectionOf([hit]), edges: new Set() });
    };
    const selectNothing = (event: MouseEvent): void => {
      if (isOnCanvas(event) && !event.shiftKey && hitAt(latest.current.layout, at(event)) === null) latest.current.choose(emptySelection);
    };
    const comeNearer = (event: MouseEvent): void => {
      const { layout: placed, view } = latest.current;
      const hit = isOnCanvas(event) ? hitAt(placed, at(event)) : null;
      const box = hit === null ? undefined : boxOf(placed, hit);
      if (box) view.center(box.x + box.width / 2, box.y + box.height / 2);
    };
    element.addEventListener('pointerdown', down, true);
    element.addEventListener('mousedown', hold, true);
    element.addEventListener('touchstart', hold, true);
    element.addEventListener('click', click);
    element.addEventListener('dblclick', comeNearer);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
    return () => {
      element.removeEventListener('pointerdown', down, true);
      element.removeEventListener('mousedown', hold, true);
      element.removeEventListener('touchstart', hold, true);
      element.removeEventListener('click', click);
      element.removeEventListener('dblclick', comeNearer);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
      setMarquee(null);
    };
  }, [enabled, frame]);

  const moved = useMemo(() => {
    const { active } = drag;
    if (!enabled || !active) return null;
    const roots = new Map(
      active.roots.flatMap((id) => {
        const box = boxOf(layout, id);
        return box ? [[id, { x: box.x + active.by.x, y: box.y + active.by.y }] as const] : [];
      }),
    );
    return withContent(layout, roots);
  }, [drag, enabled, layout]);
  return { moved, marquee };
}

/** A container is taken by its header; inside it the canvas goes on. */
function hitAt(layout: CanvasLayout, point: Point): string | null {
  const node = layout.nodeAt(point);
  if (node !== null && !(layout.isOpenContainer(node) && !isOnHeader(layout.boxes.get(node), point))) return node;
  const note = layout.noteAt(point);
  return note === null ? null : noteElementId(note);
}

function isOnHeader(box: Box | undefined, point: Point): boolean {
  return box !== undefined && point.y <= box.y + 32;
}

function boxBetween(a: Point, b: Point): Box {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}
