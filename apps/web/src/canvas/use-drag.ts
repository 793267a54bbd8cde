import type { NodeId, WorkflowDocument } from '@perdure/graph';
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { StoreApi } from 'zustand';
import { noHint, type DragHint } from './canvas-context.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import { boxOf, containerFor, dragRoots, dropPlan, edgeUnder, snapDrag } from './drag-plan.ts';
import type { CanvasEdits } from './graph-canvas.tsx';
import type { CanvasView } from './react-flow.ts';
import type { Point } from './route-ends.ts';
import { elementsOf, type Selection } from './selection.ts';

/** On the screen: how near something must be to be snapped to. */
export const snapPx = 6;
const dragThresholdPx = 3;

interface ActiveDrag {
  roots: readonly string[];
  rootSet: ReadonlySet<string>;
  by: Point;
}

export interface Drag {
  active: ActiveDrag | null;
  /** Where the pointer has brought elements, each within its container. */
  moveTo(places: ReadonlyMap<string, Point>): void;
  /** The same, as a distance. */
  moveBy(elements: readonly string[], by: Point): void;
  drop(): void;
  cancel(): void;
  /** Something from outside is held over the canvas: the container that would take it. */
  hover(container: NodeId | null): void;
}

interface DragParts {
  document: WorkflowDocument;
  layout: CanvasLayout;
  selection: RefObject<Selection>;
  view: CanvasView;
  hint: StoreApi<DragHint>;
  edits: CanvasEdits | undefined;
}

/** Dragging nodes and notes about. Nothing changes in the document until they are dropped. */
export function useDrag(parts: DragParts): Drag {
  const latest = useRef(parts);
  useEffect(() => {
    latest.current = parts;
  });
  const [active, setActive] = useState<ActiveDrag | null>(null);
  const current = useRef<ActiveDrag | null>(null);
  const isFree = useAltKey();

  const set = useCallback((next: ActiveDrag | null) => {
    current.current = next;
    setActive(next);
  }, []);

  const moveBy = useCallback(
    (elements: readonly string[], by: Point) => {
      const { document, layout, selection, view, hint } = latest.current;
      // A click with an unsteady hand is no drag. From then on what is dragged stands exactly under the pointer.
      if (!current.current && Math.hypot(by.x, by.y) * view.zoom() < dragThresholdPx) return;
      let roots = current.current?.roots;
      if (!roots) {
        const selected = elementsOf(selection.current);
        const all = elements.some((id) => selected.has(id)) ? [...elements, ...selected] : elements;
        roots = dragRoots(layout, all);
      }
      const snapped = isFree.current
        ? { by, guides: [] }
        : snapDrag(layout, roots, by, { view: view.visible(), tolerance: snapPx / view.zoom() });
      set({ roots, rootSet: current.current?.rootSet ?? new Set(roots), by: snapped.by });

      const [first] = roots;
      const box = roots.length === 1 && first !== undefined ? boxOf(layout, first) : undefined;
      const node = box && document.nodes.find(({ id }) => id === first);
      const at = box && { ...box, x: box.x + snapped.by.x, y: box.y + snapped.by.y };
      const edge = node && at ? edgeUnder(layout, node, at) : null;
      const { nodes } = dropPlan(document, layout, roots, snapped.by);
      const container = at && node ? containerFor(layout, at, new Set([node.id])) : (nodes[0]?.parent ?? null);
      const isNew = nodes.some(({ node: id }) => layout.parentOf(id) !== container);
      hint.setState({ guides: snapped.guides, container: isNew ? container : null, edge });
    },
    [isFree, set],
  );

  const drop = useCallback(() => {
    const drag = current.current;
    const { document, layout, hint, edits } = latest.current;
    const { edge } = hint.getState();
    set(null);
    hint.setState(noHint);
    if (!drag || !edits) return;
    const { nodes, notes } = dropPlan(document, layout, drag.roots, drag.by);
    const [only] = nodes;
    if (edge !== null && only && nodes.length === 1) edits.onDroppedOnEdge(only, edge);
    else if (nodes.length + notes.length > 0) edits.onMoved(nodes, notes);
  }, [set]);

  return useMemo(
    () => ({
      active,
      moveBy,
      drop,
      moveTo: (places) => {
        const { document } = latest.current;
        const [entry] = places;
        if (!entry) return;
        const [id, to] = entry;
        const from =
          document.nodes.find((node) => node.id === id)?.position ?? document.notes?.find((note) => id.endsWith(`:${note.id}`))?.position;
        if (from) moveBy([...places.keys()], { x: to.x - from.x, y: to.y - from.y });
      },
      cancel: () => {
        set(null);
        latest.current.hint.setState(noHint);
      },
      hover: (container) => {
        const { hint } = latest.current;
        if (hint.getState().container !== container) hint.setState({ ...noHint, container });
      },
    }),
    [active, drop, moveBy, set],
  );
}

/** Alt held switches snapping off. Told by the pointer's own events, so that it is right even when the key went down elsewhere. */
export function useAltKey(): RefObject<boolean> {
  const held = useRef(false);
  useEffect(() => {
    const note = (event: PointerEvent): void => {
      held.current = event.altKey;
    };
    window.addEventListener('pointermove', note, true);
    return () => window.removeEventListener('pointermove', note, true);
  }, []);
  return held;
}
