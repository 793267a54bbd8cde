import type { EdgeId, GraphNode, NodeId, NoteId, PortId, Problem } from '@perdure/graph';
import { createContext, useContext } from 'react';
import { createStore, useStore, type StoreApi } from 'zustand';
import type { Guide, Sides } from './align-guides.ts';
import { type EdgeRun, type NodeRun, untouchedNode } from './fold-run-state.ts';
import type { Box } from './obstacle-index.ts';
import type { RunPicture } from './run-store.ts';

/** What nodes and edges need beside their own data. The object stays the same for the life of a canvas; what changes is in stores. */
export interface CanvasContextValue {
  /** Of this canvas, on a page that may have several. */
  id: string;
  editable: boolean;
  run: StoreApi<{ store: RunPicture | null }>;
  problems: StoreApi<{ byNode: ReadonlyMap<NodeId, ProblemCount> }>;
  wire: StoreApi<Wire>;
  hint: StoreApi<DragHint>;
  note: StoreApi<{ editing: NoteId | null }>;
  insertOnEdge(edge: EdgeId, at: { clientX: number; clientY: number }): void;
  toggleCollapsed(node: NodeId): void;
  /** A side or corner of a container or note was pressed; the rest follows the pointer. */
  startResize(element: string, sides: Sides, event: PointerEvent): void;
  editNote(note: NoteId | null): void;
  changeNote(note: NoteId, text: string): void;
  /** Around all nodes, as they are now. */
  bounds(): Box;
}

export interface ProblemCount {
  errors: number;
  warnings: number;
}

/** A wire being dragged: which nodes it may end at. Null while none is. */
export interface Wire {
  from: { node: NodeId; port: PortId } | null;
  targets: ReadonlySet<NodeId>;
}

export const idleWire: Wire = { from: null, targets: new Set() };

/** What a drag would do where it is now. */
export interface DragHint {
  guides: readonly Guide[];
  /** The container that would take what is dragged. */
  container: NodeId | null;
  /** The edge that the dragged node would go into. */
  edge: EdgeId | null;
}

export const noHint: DragHint = { guides: [], container: null, edge: null };

export const CanvasContext = createContext<CanvasContextValue | null>(null);

export function useCanvas(): CanvasContextValue {
  const value = useContext(CanvasContext);
  if (!value) throw new Error('Canvas parts belong inside a WorkflowCanvas');
  return value;
}

const nothing = createStore(() => ({
  nodes: new Map<NodeId, NodeRun>(),
  edges: new Map<EdgeId, EdgeRun>(),
  summary: { startedAt: null as number | null },
}));

/** Null: no run is shown. Undefined: the run has not come to this node. */
export function useNodeRun({ id, type }: Pick<GraphNode, 'id' | 'type'>): NodeRun | undefined | null {
  const { run } = useCanvas();
  const store = useStore(run, (state) => state.store);
  const node = useStore(
    store?.view ?? nothing,
    (state) => state.nodes.get(id) ?? (type === 'start' && state.summary.startedAt !== null ? startedNode : undefined),
  );
  return store ? node : null;
}

/** The start has no step of its own in the history: it is done as soon as the instance has begun. */
const startedNode: NodeRun = { ...untouchedNode, visits: 1 };

export function useEdgeRun(id: EdgeId): EdgeRun | undefined | null {
  const { run } = useCanvas();
  const store = useStore(run, (state) => state.store);
  const edge = useStore(store?.view ?? nothing, (state) => state.edges.get(id));
  return store ? edge : null;
}

export function useProblems(id: NodeId): ProblemCount | undefined {
  return useStore(useCanvas().problems, (state) => state.byNode.get(id));
}

export function countProblems(problems: readonly Problem[]): ReadonlyMap<NodeId, ProblemCount> {
  const counts = new Map<NodeId, ProblemCount>();
  for (const { node, severity } of problems) {
    if (node === undefined || severity === 'notice') continue;
    const count = counts.get(node) ?? { errors: 0, warnings: 0 };
    if (severity === 'error') count.errors += 1;
    else count.warnings += 1;
    counts.set(node, count);
  }
  return counts;
}

export function useTakesDrop(id: NodeId): boolean {
  return useStore(useCanvas().hint, ({ container }) => container === id);
}

export function useTakesNode(id: EdgeId): boolean {
  return useStore(useCanvas().hint, ({ edge }) => edge === id);
}

/** How a node looks while a wire is dragged. */
export function useWireRole(id: NodeId): 'idle' | 'source' | 'target' | 'faded' {
  return useStore(useCanvas().wire, ({ from, targets }) =>
    from === null ? 'idle' : from.node === id ? 'source' : targets.has(id) ? 'target' : 'faded',
  );
}
