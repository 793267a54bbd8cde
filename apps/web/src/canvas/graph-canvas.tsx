import {
  canConnectIn,
  indexGraph,
  standardCatalogue,
  type Catalogue,
  type Connection,
  type EdgeId,
  type NodeId,
  type PortId,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { createStore } from 'zustand';
import '@xyflow/react/dist/base.css';
import './canvas.css';
import { CanvasContext, countProblems, idleWire, type CanvasContextValue, type Wire } from './canvas-context.ts';
import { CanvasElements } from './canvas-elements.ts';
import { CanvasLayout } from './canvas-layout.ts';
import { markEdges, markNodes, type CanvasMarks } from './canvas-marks.ts';
import { ContainerNode } from './container-node.tsx';
import { farFrom, FarLayer } from './far-layer.tsx';
import { FlowEdge } from './flow-edge.tsx';
import { JoinNode } from './join-node.tsx';
import type { Point } from './route-edge.ts';
import {
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useCanvasView,
  useZoomLevel,
  viewportFor,
  type CanvasEdge,
  type CanvasNode,
  type CanvasNodeChange,
  type CanvasView,
  type FinalConnectionState,
} from './react-flow.ts';
import type { RunStore } from './run-store.ts';
import { StepNode } from './step-node.tsx';
import { WireLine } from './wire-line.tsx';

export interface Selection {
  nodes: ReadonlySet<NodeId>;
  edges: ReadonlySet<EdgeId>;
}

export const emptySelection: Selection = { nodes: new Set(), edges: new Set() };

export interface CanvasEdits {
  /** Nodes dragged somewhere: their new container and place in it. */
  onMoved(moves: { node: NodeId; parent: NodeId | null; position: Point }[]): void;
  onConnect(connection: Connection): void;
  onReconnect(edge: EdgeId, connection: Connection): void;
  /** A wire was dropped where nothing takes it. `at`: in the window and on the canvas. */
  onWireDropped(from: { node: NodeId; port: PortId }, at: { client: Point; canvas: Point }): void;
  onInsertOnEdge(edge: EdgeId, at: { client: Point }): void;
  onToggleCollapsed(node: NodeId): void;
  onRefused(reason: string): void;
}

interface GraphCanvasProps {
  document: WorkflowDocument;
  catalogue?: Catalogue;
  selection: Selection;
  onSelectionChange(selection: Selection): void;
  /** Absent: the canvas is only looked at. */
  edits?: CanvasEdits;
  run?: RunStore | null;
  problems?: readonly Problem[];
  /** Laid over nodes and edges: a comparison, or how a problem comes about. */
  marks?: CanvasMarks | null;
  view?: Ref<CanvasView>;
  onOpenNode?(node: NodeId): void;
  onUserMoved?(): void;
  onKeyDown?(event: KeyboardEvent<HTMLDivElement>): void;
  label?: string;
  children?: ReactNode;
}

const nodeTypes = { step: StepNode, join: JoinNode, container: ContainerNode };
const edgeTypes = { flow: FlowEdge };
const snap: [number, number] = [4, 4];
const noProblems: readonly Problem[] = [];
const noNodes: CanvasNode[] = [];
const noEdges: CanvasEdge[] = [];

export function GraphCanvas(props: GraphCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({
  document,
  catalogue = standardCatalogue,
  selection,
  onSelectionChange,
  edits,
  run = null,
  problems = noProblems,
  marks = null,
  view,
  onOpenNode,
  onUserMoved,
  onKeyDown,
  label = 'Canvas',
  children,
}: GraphCanvasProps) {
  const editable = edits !== undefined;
  const canvasView = useCanvasView();
  useImperativeHandle(view, () => canvasView, [canvasView]);
  const level = useZoomLevel();

  const elements = useMemo(() => new CanvasElements(catalogue, editable), [catalogue, editable]);
  const layout = useMemo(() => new CanvasLayout(document, catalogue), [document, catalogue]);
  const built = useMemo(() => elements.build(document, layout), [elements, document, layout]);
  const [drag, setDrag] = useState<ReadonlyMap<string, Point> | null>(null);

  // React Flow is drawn once its place is measured, so that the first frame already shows the right part of the graph.
  const frame = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState<{ x: number; y: number; zoom: number } | null>(null);
  useLayoutEffect(() => {
    const size = frame.current?.getBoundingClientRect();
    if (size) setStart((before) => before ?? viewportFor(layout.bounds(), size, { fromTop: true }));
  }, [layout]);
  const [ready, setReady] = useState(false);
  // Until React Flow has taken up the viewport its own zoom says nothing, and mounting every node once would cost seconds.
  const isFar = document.nodes.length >= farFrom && (start === null || (ready ? level === 'block' : start.zoom < 0.4));

  const latest = useRef({ edits, document, layout, selection, onSelectionChange, drag });
  useEffect(() => {
    latest.current = { edits, document, layout, selection, onSelectionChange, drag };
  });

  const context = useRef<CanvasContextValue>(null);
  context.current ??= {
    editable,
    run: createStore(() => ({ store: run })),
    problems: createStore(() => ({ byNode: countProblems(problems) })),
    wire: createStore<Wire>(() => idleWire),
    insertOnEdge: (edge, { clientX, clientY }) => latest.current.edits?.onInsertOnEdge(edge, { client: { x: clientX, y: clientY } }),
    toggleCollapsed: (node) => latest.current.edits?.onToggleCollapsed(node),
    bounds: () => latest.current.layout.bounds(),
  };
  const shared = context.current;
  useEffect(() => shared.run.setState({ store: run }), [shared, run]);
  useEffect(() => shared.problems.setState({ byNode: countProblems(problems) }), [shared, problems]);

  const nodes = useMemo(
    () => built.nodes.map((node) => decorate(node, selection.nodes.has(node.id as NodeId), drag?.get(node.id))),
    [built, selection.nodes, drag],
  );
  const edges = useMemo(
    () => built.edges.map((edge) => (selection.edges.has(edge.id as EdgeId) ? selectedEdge(edge, editable) : edge)),
    [built, editable, selection.edges],
  );
  const markedNodes = useMemo(() => markNodes(nodes, marks), [nodes, marks]);
  const markedEdges = useMemo(() => markEdges(edges, marks), [edges, marks]);

  // Select changes come one call each for nodes and edges of a single gesture: what was asked for last is where the next one starts.
  const pending = useRef(selection);
  useEffect(() => {
    pending.current = selection;
  }, [selection]);

  const choose = useCallback((next: Selection) => {
    pending.current = next;
    latest.current.onSelectionChange(next);
  }, []);

  const onNodesChange = useCallback(
    (changes: CanvasNodeChange[]) => {
      let moved: Map<string, Point> | null = null;
      let chosen: Set<NodeId> | null = null;
      for (const change of changes) {
        if (change.type === 'position' && change.position && change.dragging) {
          moved ??= new Map(latest.current.drag ?? []);
          moved.set(change.id, change.position);
        } else if (change.type === 'select') {
          chosen ??= new Set(pending.current.nodes);
          if (change.selected) chosen.add(change.id as NodeId);
          else chosen.delete(change.id as NodeId);
        }
      }
      if (moved) {
        latest.current.drag = moved;
        setDrag(moved);
      }
      if (chosen) choose({ nodes: chosen, edges: pending.current.edges });
    },
    [choose],
  );

  const commitDrag = useCallback(() => {
    const { drag: moved, document: current, layout: placed, edits: listener } = latest.current;
    latest.current.drag = null;
    setDrag(null);
    if (!moved || moved.size === 0 || !listener) return;
    const ids = new Set([...moved.keys()] as NodeId[]); // ids that React Flow was given
    const byId = new Map(current.nodes.map((node) => [node.id, node]));
    const moves = [...moved].flatMap(([id, position]) => {
      const node = byId.get(id as NodeId);
      const box = placed.boxes.get(id as NodeId);
      if (!node || !box) return [];
      const absolute = { x: box.x + position.x - node.position.x, y: box.y + position.y - node.position.y };
      const parent = placed.containerAt({ x: absolute.x + box.width / 2, y: absolute.y + Math.min(box.height / 2, 26) }, ids);
      const origin = parent === null ? { x: 0, y: 0 } : placed.boxes.get(parent);
      return origin ? [{ node: node.id, parent, position: { x: absolute.x - origin.x, y: absolute.y - origin.y } }] : [];
    });
    const real = moves.filter((move) => {
      const node = byId.get(move.node);
      return node && (node.parent !== move.parent || node.position.x !== move.position.x || node.position.y !== move.position.y);
    });
    if (real.length > 0) listener.onMoved(real);
  }, []);

  const connect = useCallback((source: string | null, sourcePort: string | null, target: string | null): Connection | null => {
    if (source === null || sourcePort === null || target === null) return null;
    return { source: source as NodeId, sourcePort: sourcePort as PortId, target: target as NodeId }; // ids that React Flow was given
  }, []);

  const startWire = useCallback(
    (node: string | null, port: string | null) => {
      if (node === null || port === null) return;
      const index = indexGraph(latest.current.document, catalogue);
      const from = { node: node as NodeId, port: port as PortId };
      const targets = new Set(
        latest.current.document.nodes
          .filter(({ id }) => canConnectIn(index, { source: from.node, sourcePort: from.port, target: id }).ok)
          .map(({ id }) => id),
      );
      shared.wire.setState({ from, targets });
    },
    [catalogue, shared],
  );

  const endWire = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { from } = shared.wire.getState();
      shared.wire.setState(idleWire);
      if (!from || state.isValid) return;
      const client =
        'changedTouches' in event
          ? { x: event.changedTouches[0]?.clientX ?? 0, y: event.changedTouches[0]?.clientY ?? 0 }
          : { x: event.clientX, y: event.clientY };
      const over = globalThis.document.elementFromPoint(client.x, client.y)?.closest('.react-flow__node')?.getAttribute('data-id');
      const { edits: listener, layout: placed } = latest.current;
      const overContainer =
        over !== null &&
        over !== undefined &&
        catalogue.get(latest.current.document.nodes.find(({ id }) => id === over)?.type ?? '')?.container;
      if (over && !(overContainer && !wasHeader(client))) {
        const connection = { source: from.node, sourcePort: from.port, target: over as NodeId };
        const answer = canConnectIn(indexGraph(latest.current.document, catalogue), connection);
        if (answer.ok) listener?.onConnect(connection);
        else if (over !== from.node) listener?.onRefused(answer.reason);
        return;
      }
      const canvas = canvasView.toCanvas(client.x, client.y);
      const origin = placed.portPoint(from.node, from.port);
      if (origin && Math.hypot(origin.x - canvas.x, origin.y - canvas.y) < 24) return;
      listener?.onWireDropped(from, { client, canvas });
    },
    [canvasView, catalogue, shared],
  );

  return (
    <CanvasContext value={shared}>
      {/* Keys bubble up here from nodes and edges; the pane itself is focusable so that an empty canvas has keys, too. */}
      <div
        ref={frame}
        className={`wf-canvas wf-focus zoom-${level} ${run ? 'in-run' : ''} ${editable ? 'editable' : ''}`}
        onKeyDown={onKeyDown}
        role="region"
        aria-label={label}
        tabIndex={0}
      >
        {start === null ? null : (
          <ReactFlow<CanvasNode, CanvasEdge>
            nodes={isFar ? noNodes : markedNodes}
            edges={isFar ? noEdges : markedEdges}
            onPaneClick={(event) => {
              if (!isFar) return;
              const hit = layout.nodeAt(canvasView.toCanvas(event.clientX, event.clientY));
              if (hit !== null) choose({ nodes: new Set([hit]), edges: new Set() });
            }}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            onNodesChange={onNodesChange}
            onEdgesChange={(changes) => {
              const chosen = new Set(pending.current.edges);
              let changed = false;
              for (const change of changes) {
                if (change.type !== 'select') continue;
                changed = true;
                if (change.selected) chosen.add(change.id as EdgeId);
                else chosen.delete(change.id as EdgeId);
              }
              if (changed) choose({ nodes: pending.current.nodes, edges: chosen });
            }}
            onNodeDragStop={commitDrag}
            onSelectionDragStop={commitDrag}
            onNodeDoubleClick={(_event, node) => onOpenNode?.(node.id as NodeId)}
            onConnect={({ source, sourceHandle, target }) => {
              const connection = connect(source, sourceHandle, target);
              if (connection) latest.current.edits?.onConnect(connection);
            }}
            onConnectStart={(_event, { nodeId, handleId, handleType }) => {
              if (handleType === 'source') startWire(nodeId, handleId);
            }}
            onConnectEnd={endWire}
            onReconnect={(edge, { source, sourceHandle, target }) => {
              const connection = connect(source, sourceHandle, target);
              if (connection) latest.current.edits?.onReconnect(edge.id as EdgeId, connection);
            }}
            onReconnectEnd={() => shared.wire.setState(idleWire)}
            isValidConnection={({ source, sourceHandle, target }) => {
              const connection = connect(source, sourceHandle ?? null, target);
              const { from, targets } = shared.wire.getState();
              if (!connection) return false;
              if (from) return targets.has(connection.target);
              return canConnectIn(indexGraph(latest.current.document, catalogue), connection).ok;
            }}
            onMoveStart={(event) => {
              if (event) onUserMoved?.();
            }}
            connectionLineComponent={WireLine}
            connectionRadius={40}
            reconnectRadius={9}
            nodesDraggable={editable}
            nodesConnectable={editable}
            edgesReconnectable={false}
            edgesFocusable={editable}
            nodesFocusable
            elevateNodesOnSelect={false}
            selectNodesOnDrag
            selectionMode={SelectionMode.Partial}
            multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
            deleteKeyCode={null}
            disableKeyboardA11y
            connectOnClick={false}
            zoomOnDoubleClick={false}
            snapToGrid={editable}
            snapGrid={snap}
            nodeDragThreshold={3}
            minZoom={0.05}
            maxZoom={2}
            onlyRenderVisibleElements
            defaultViewport={start}
            onInit={() => setReady(true)}
            proOptions={{ hideAttribution: true }}
            aria-label={`${label}: nodes and edges`}
          >
            {isFar ? <FarLayer layout={layout} edges={document.edges} selected={selection.nodes} /> : null}
            {children}
          </ReactFlow>
        )}
      </div>
    </CanvasContext>
  );
}

function wasHeader(client: Point): boolean {
  return globalThis.document.elementFromPoint(client.x, client.y)?.closest('.wf-container-header') !== null;
}

const selectedNodes = new WeakMap<CanvasNode, CanvasNode>();
const selectedEdges = new WeakMap<CanvasEdge, CanvasEdge>();

/** Selected nodes keep one object, too, as long as nothing else about them changes. */
function decorate(node: CanvasNode, selected: boolean, dragged: Point | undefined): CanvasNode {
  if (dragged) return { ...node, selected, position: dragged, dragging: true };
  if (!selected) return node;
  const known = selectedNodes.get(node);
  if (known) return known;
  const fresh = { ...node, selected: true };
  selectedNodes.set(node, fresh);
  return fresh;
}

function selectedEdge(edge: CanvasEdge, editable: boolean): CanvasEdge {
  const known = selectedEdges.get(edge);
  if (known) return known;
  // Only a selected edge has its ends to grab: on the others they would cover the place to insert a node.
  const fresh = { ...edge, selected: true, zIndex: 1, reconnectable: editable };
  selectedEdges.set(edge, fresh);
  return fresh;
}
