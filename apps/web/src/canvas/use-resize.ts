import type { NodeId, WorkflowDocument } from '@perdure/graph';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { StoreApi } from 'zustand';
import { snapResize, type Sides } from './align-guides.ts';
import { noHint, type DragHint } from './canvas-context.ts';
import { noteElementId, noteOfElement } from './canvas-elements.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import { boxOf } from './drag-plan.ts';
import type { CanvasEdits } from './graph-canvas.tsx';
import type { Box } from './obstacle-index.ts';
import type { CanvasView } from './react-flow.ts';
import type { Point } from './route-ends.ts';
import { smallestBox, within } from './resize-limits.ts';
import { snapPx, useAltKey } from './use-drag.ts';

/** A changed place and size while a side is pulled; what is inside keeps its place on the canvas. */
export interface Resized {
  position: Point;
  width?: number;
  height?: number;
}

interface ResizeParts {
  document: WorkflowDocument;
  layout: CanvasLayout;
  view: CanvasView;
  hint: StoreApi<DragHint>;
  edits: CanvasEdits | undefined;
}

/** Pulling the sides of containers and notes. Nothing changes in the document until the pointer lets go. */
export function useResize(parts: ResizeParts): {
  active: ReadonlyMap<string, Resized> | null;
  start(element: string, sides: Sides, event: PointerEvent): void;
} {
  const latest = useRef(parts);
  useEffect(() => {
    latest.current = parts;
  });
  const [active, setActive] = useState<ReadonlyMap<string, Resized> | null>(null);
  const isFree = useAltKey();
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);

  const start = useCallback(
    (element: string, sides: Sides, pressed: PointerEvent) => {
      const { layout, document, view, hint } = latest.current;
      const before = boxOf(layout, element);
      if (!before || pressed.button !== 0) return;
      const from = view.toCanvas(pressed.clientX, pressed.clientY);
      const least = smallestBox(document, layout, element, before);
      const others = neighbours(layout, element, view.visible());
      let box = before;

      const move = (event: PointerEvent): void => {
        if (event.pointerId !== pressed.pointerId) return;
        const to = view.toCanvas(event.clientX, event.clientY);
        const asked = pulled(before, sides, { x: to.x - from.x, y: to.y - from.y });
        const snapped = isFree.current ? { box: asked, guides: [] } : snapResize(asked, sides, others, snapPx / view.zoom());
        box = within(snapped.box, before, sides, least);
        hint.setState({ ...noHint, guides: snapped.guides });
        setActive(preview(document, layout, element, before, box));
      };
      const end = (event: PointerEvent): void => {
        if (event.pointerId !== pressed.pointerId) return;
        stop.current();
        const { edits } = latest.current;
        const isSame = box.x === before.x && box.y === before.y && box.width === before.width && box.height === before.height;
        if (event.type === 'pointercancel' || isSame || !edits) return;
        const note = noteOfElement(element);
        const parent = note === null ? layout.parentOf(element as NodeId) : (document.notes?.find(({ id }) => id === note)?.parent ?? null); // a node's id
        const origin = layout.origin(parent);
        const placed = { ...rounded(box), x: Math.round(box.x - origin.x), y: Math.round(box.y - origin.y) };
        if (note === null) edits.onResized(element as NodeId, placed);
        else edits.onNoteResized(note, placed);
      };
      stop.current();
      stop.current = () => {
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', end);
        window.removeEventListener('pointercancel', end);
        hint.setState(noHint);
        setActive(null);
        stop.current = () => {};
      };
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', end);
      window.addEventListener('pointercancel', end);
    },
    [isFree],
  );
  return useMemo(() => ({ active, start }), [active, start]);
}

function pulled(box: Box, sides: Sides, by: Point): Box {
  const left = box.x + (sides.left ? by.x : 0);
  const top = box.y + (sides.top ? by.y : 0);
  const right = box.x + box.width + (sides.right ? by.x : 0);
  const bottom = box.y + box.height + (sides.bottom ? by.y : 0);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function rounded(box: Box): Box {
  return { x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
}

function neighbours(layout: CanvasLayout, element: string, view: Box): Box[] {
  const own = new Set([element]);
  return layout
    .nodesIn(view)
    .filter((id) => id !== element && layout.containerAmong(id, own) === null)
    .flatMap((id) => layout.boxes.get(id) ?? []);
}

function preview(document: WorkflowDocument, layout: CanvasLayout, element: string, before: Box, after: Box): Map<string, Resized> {
  const note = noteOfElement(element);
  const own = note === null ? document.nodes.find(({ id }) => id === element) : document.notes?.find(({ id }) => id === note);
  const found = new Map<string, Resized>();
  if (!own) return found;
  const dx = after.x - before.x;
  const dy = after.y - before.y;
  found.set(element, { position: { x: own.position.x + dx, y: own.position.y + dy }, width: after.width, height: after.height });
  if (note !== null || (dx === 0 && dy === 0)) return found;
  for (const node of document.nodes)
    if (node.parent === element && !layout.isHidden(node.id))
      found.set(node.id, { position: { x: node.position.x - dx, y: node.position.y - dy } });
  for (const inner of document.notes ?? [])
    if (inner.parent === element) found.set(noteElementId(inner.id), { position: { x: inner.position.x - dx, y: inner.position.y - dy } });
  return found;
}
