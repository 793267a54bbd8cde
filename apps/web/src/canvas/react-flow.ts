/**
 * The one place that names React Flow's hooks, store and change types: its next major version changes these, not the rest of the canvas.
 * The library's components are re-exported so that nothing else imports the package.
 */
import { useReactFlow, useStore, useStoreApi, type Edge, type Node, type NodeChange, type ReactFlowState } from '@xyflow/react';
import { useMemo } from 'react';
import type { StickyNote } from '@perdure/graph';
import type { CanvasEdgeData, CanvasNodeData } from './canvas-elements.ts';

export { ReactFlow, ReactFlowProvider, Handle, Position, SelectionMode, ViewportPortal, useKeyPress } from '@xyflow/react';
export type { ConnectionLineComponentProps, EdgeProps, FinalConnectionState, NodeProps } from '@xyflow/react';

export type CanvasNode = Node<CanvasNodeData, 'step' | 'join' | 'container'>;
export type CanvasNote = Node<{ note: StickyNote }, 'note'>;
export type CanvasEdge = Edge<CanvasEdgeData, 'flow'>;
export type CanvasNodeChange = NodeChange<CanvasNode | CanvasNote>;

/** full: everything; compact (below 0.6): no summary; block (below 0.4): a tinted block with the status shape. */
export type ZoomLevel = 'full' | 'compact' | 'block';

/** From here on a node says everything. */
const fullZoom = 0.6;

const zoomLevelOf = (state: ReactFlowState): ZoomLevel =>
  state.transform[2] < 0.4 ? 'block' : state.transform[2] < fullZoom ? 'compact' : 'full';
const zoomPercentOf = (state: ReactFlowState): number => Math.round(state.transform[2] * 100);

export function useZoomLevel(): ZoomLevel {
  return useStore(zoomLevelOf);
}

export function useZoomPercent(): number {
  return useStore(zoomPercentOf);
}

/** The part of the canvas on screen, in canvas pixels, told to a listener on every change without rendering anything. */
export function useViewportListener(): (
  listener: (view: { x: number; y: number; width: number; height: number; zoom: number }) => void,
) => () => void {
  const store = useStoreApi();
  return useMemo(
    () => (listener) => {
      let last: Pick<ReactFlowState, 'transform' | 'width' | 'height'> | null = null;
      const tell = (state: ReactFlowState): void => {
        // The store changes several times in a frame of a drag, its viewport seldom.
        if (last?.transform === state.transform && last.width === state.width && last.height === state.height) return;
        last = state;
        const [x, y, zoom] = state.transform;
        listener({ x: -x / zoom, y: -y / zoom, width: state.width / zoom, height: state.height / zoom, zoom });
      };
      tell(store.getState());
      return store.subscribe(tell);
    },
    [store],
  );
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Around everything: room for the bars at the bottom. */
const room = { top: 32, bottom: 64, side: 32 };
/** Of it, what is given away for the sake of seeing everything that nodes say. */
const spareRoom = 20;
const smallestZoom = 0.05;

/**
 * The viewport that shows an area as large as fits. Graphs grow downward: what fits with room to spare stands at the top when asked, and what
 * would be smaller than `leastZoom` is shown from its top.
 */
export function viewportFor(
  area: Area,
  size: { width: number; height: number },
  { maxZoom = 1, leastZoom = smallestZoom, fromTop = false } = {},
): { x: number; y: number; zoom: number } {
  const width = Math.max(1, size.width - 2 * room.side);
  const height = Math.max(1, size.height - room.top - room.bottom);
  const fitting = Math.min(maxZoom, width / Math.max(1, area.width), height / Math.max(1, area.height));
  const isNearlyFull = fitting < fullZoom && area.width * fullZoom <= width + 2 * spareRoom && area.height * fullZoom <= height + spareRoom;
  const zoom = Math.max(leastZoom, isNearlyFull ? fullZoom : fitting);
  const spare = Math.max(0, height - area.height * zoom);
  return {
    x: size.width / 2 - (area.x + area.width / 2) * zoom,
    y: room.top + (fromTop ? Math.min(8, spare) : spare / 2) - area.y * zoom,
    zoom,
  };
}

export interface CanvasView {
  zoomIn(): void;
  zoomOut(): void;
  zoomTo(zoom: number): void;
  /** Shows an area, at 100 % at most unless told otherwise. */
  show(area: Area, options?: { maxZoom?: number; leastZoom?: number; fromTop?: boolean; instantly?: boolean }): void;
  /** Puts a point of the canvas in the middle of the view. */
  center(x: number, y: number): void;
  /** Puts a point of the canvas into the view's top left corner, at once. */
  moveTo(x: number, y: number): void;
  toCanvas(clientX: number, clientY: number): { x: number; y: number };
  /** In canvas pixels. */
  visible(): { x: number; y: number; width: number; height: number };
  zoom(): number;
}

export function useCanvasView(): CanvasView {
  const flow = useReactFlow<CanvasNode | CanvasNote, CanvasEdge>();
  const store = useStoreApi();
  return useMemo(() => {
    const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220;
    return {
      zoomIn: () => void flow.zoomIn({ duration }),
      zoomOut: () => void flow.zoomOut({ duration }),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration }),
      show: (area, options) => {
        const { width, height } = store.getState();
        void flow.setViewport(viewportFor(area, { width, height }, options), { duration: options?.instantly ? 0 : duration });
      },
      center: (x, y) => void flow.setCenter(x, y, { zoom: Math.max(flow.getZoom(), 0.8), duration }),
      moveTo: (x, y) => {
        const zoom = flow.getZoom();
        void flow.setViewport({ x: -x * zoom, y: -y * zoom, zoom });
      },
      toCanvas: (x, y) => flow.screenToFlowPosition({ x, y }),
      visible: () => {
        const { transform, width, height } = store.getState();
        const [x, y, zoom] = transform;
        return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      },
      zoom: () => flow.getZoom(),
    };
  }, [flow, store]);
}
