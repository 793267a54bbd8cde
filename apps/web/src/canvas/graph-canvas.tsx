import {
  canConnectIn,
  indexGraph,
  standardCatalogue,
  type Catalogue,
  type Connection,
  type EdgeId,
  type NodeId,
  type NoteId,
  type PortId,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import {
  useCallback,
  useEffect,
  useId,
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
import { CanvasContext, countProblems, idleWire, noHint, type CanvasContextValue, type DragHint, type Wire } from './canvas-context.ts';
import { CanvasElements, noteOfElement } from './canvas-elements.ts';
import { layoutOf, type CanvasLayout } from './canvas-layout.ts';
import { markEdges, markNodes, type CanvasMarks } from './canvas-marks.ts';
import { ContainerNode } from './container-node.tsx';
import { DragGuides } from './drag-guides.tsx';
import type { NodeMove, NoteMove } from './drag-plan.ts';
import { farFrom, FarLayer } from './far-layer.tsx';
import { FlowEdge } from './flow-edge.tsx';
import { JoinNode } from './join-node.tsx';
import { Marquee } from './marquee.tsx';
import { NoteNode } from './note-node.tsx';
import type { Box } from './obstacle-index.ts';
import type { Point } from './route-ends.ts';
import {
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useCanvasView,
  useKeyPress,
  useZoomLevel,
  viewportFor,
  type CanvasEdge,
  type CanvasNode,
  type CanvasNodeChange,
  type CanvasNote,
  type CanvasView,
  type FinalConnectionState,
} from './react-flow.ts';
import type { RunPicture } from './run-store.ts';
import { elementsOf, emptySelection, selectionOf, type Selection } from './selection.ts';
import { StepNode } from './step-node.tsx';
import { StrayEdges } from './stray-edges.tsx';
import { useDrag } from './use-drag.ts';
import { grown, useDrawnArea } from './use-drawn-area.ts';
import { usePanLayer } from './use-pan-layer.ts';
import { useRefit } from './use-refit.ts';
import { useFarGestures } from './use-far-gestures.ts';
import { useResize, type Resized } from './use-resize.ts';
import { useTouch } from './use-touch.ts';
import { WireLine } from './wire-line.tsx';

export { emptySelection, type Selection } from './selection.ts';

export interface CanvasEdits {
  /** Nodes and notes dragged somewhere: their new container and place in it. */
  onMoved(nodes: readonly NodeMove[], notes: readonly NoteMove[]): void;
  /** A node without edges was dropped on an edge: it goes in between. */
  onDroppedOnEdge(move: NodeMove, edge: EdgeId): void;
  /** Places of a container in its own container, and its size. */
  onResized(node: NodeId, box: Box): void;
  onConnect(connection: Connection): void;
  onReconnect(edge: EdgeId, connection: Connection): void;
  /** A wire was dropped where nothing takes it. `at`: in the window and on the canvas. */
  onWireDropped(from: { node: NodeId; port: PortId }, at: { client: Point; canvas: Point }): void;
  onInsertOnEdge(edge: EdgeId, at: { client: Point }): void;
  onToggleCollapsed(node: NodeId): void;
  onRefused(reason: string): void;
  onNoteResized(note: NoteId, box: Box): void;
  onNoteText(note: NoteId, text: string): void;
  onEditNote(note: NoteId | null): void;
}

interface GraphCanvasProps {
  document: WorkflowDocument;
  catalogue?: Catalogue;
  selection: Selection;
  onSelectionChange(selection: Selection): void;
  /** Absent: the canvas is only looked at. */
  edits?: CanvasEdits;
  /** What a drag on the empty canvas does. Default: pan; with Shift held, the other. */
  tool?: CanvasTool;
  editingNote?: NoteId | null;
  /** Whether a large graph begins at its top, large enough to be read, rather than as a whole. */
  readable?: boolean;
  run?: RunPicture | null;
  problems?: readonly Problem[];
  /** Laid over nodes and edges: a comparison, or how a problem comes about. */
  marks?: CanvasMarks | null;
  /** What would take something that is dragged in from beside the canvas. */
  dropHint?: Pick<DragHint, 'container' | 'edge'> | null;
  view?: Ref<CanvasView>;
  onOpenNode?(node: NodeId): void;
  onUserMoved?(): void;
  onKeyDown?(event: KeyboardEvent<HTMLDivElement>): void;
  label?: string;
  children?: ReactNode;
}

export type CanvasTool = 'pan' | 'select';

const nodeTypes = { step: StepNode, join: JoinNode, container: ContainerNode, note: NoteNode };
const edgeTypes = { flow: FlowEdge };
const noProblems: readonly Problem[] = [];
const noNodes: (CanvasNode | CanvasNote)[] = [];
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
  tool = 'pan',
  editingNote = null,
  readable = false,
  run = null,
  problems = noProblems,
  marks = null,
  dropHint = null,
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

  const id = useId();
  const elements = useMemo(() => new CanvasElements(catalogue, editable, id), [catalogue, editable, id]);
  const layoutBefore = useRef<CanvasLayout>(null);
  const layout = useMemo(() => layoutOf(document, catalogue, layoutBefore.current), [document, catalogue]);
  useEffect(() => {
    layoutBefore.current = layout;
  }, [layout]);

  const latest = useRef({ edits, document, layout, selection, onSelectionChange });
  useEffect(() => {
    latest.current = { edits, document, layout, selection, onSelectionChange };
  });

  // React Flow is drawn once its place is measured, so that the first frame already shows the right part of the graph.
  const frame = useRef<HTMLDivElement>(null);
  const fit = readable ? fitReadable : fitWhole;
  const [start, setStart] = useState<{ x: number; y: number; zoom: number; area: Box } | null>(null);
  useLayoutEffect(() => {
    const size = frame.current?.getBoundingClientRect();
    if (!size) return;
    setStart((before) => {
      if (before) return before;
      const at = viewportFor(layout.bounds(), size, fit);
      const seen = { x: -at.x / at.zoom, y: -at.y / at.zoom, width: size.width / at.zoom, height: size.height / at.zoom };
      return { ...at, area: grown(seen, 0.5) };
    });
  }, [fit, layout]);
  const [ready, setReady] = useState(false);
  useRefit({ frame, view: canvasView, start, fit, bounds: () => latest.current.layout.bounds() });
  usePanLayer(frame);
  const area = useDrawnArea(start?.area ?? null);
  // Until React Flow has taken up the viewport its own zoom says nothing, and mounting every node once would cost seconds.
  const isFar = document.nodes.length >= farFrom && (start === null || (ready ? level === 'block' : start.zoom < 0.4));
  // Not React Flow's selection key: with that a press on a node begins a frame as well, and Shift+click would add nothing to the selection.
  const isShiftHeld = useKeyPress('Shift');
  const isTouch = useTouch(frame);
  const frames = tool === 'select' || (isShiftHeld && !isFar);

  const context = useRef<CanvasContextValue>(null);
  const resizing = useRef<CanvasContextValue['startResize']>(() => {});
  context.current ??= {
    id,
    editable,
    run: createStore(() => ({ store: run })),
    problems: createStore(() => ({ byNode: countProblems(problems) })),
    wire: createStore<Wire>(() => idleWire),
    hint: createStore<DragHint>(() => noHint),
    note: createStore(() => ({ editing: editingNote })),
    insertOnEdge: (edge, { clientX, clientY }) => latest.current.edits?.onInsertOnEdge(edge, { client: { x: clientX, y: clientY } }),
    toggleCollapsed: (node) => latest.current.edits?.onToggleCollapsed(node),
    startResize: (element, sides, event) => resizing.current(element, sides, event),
    editNote: (note) => latest.current.edits?.onEditNote(note),
    changeNote: (note, text) => latest.current.edits?.onNoteText(note, text),
    bounds: () => latest.current.layout.bounds(),
  };
  const shared = context.current;
  useEffect(() => shared.run.setState({ store: run }), [shared, run]);
  useEffect(() => shared.problems.setState({ byNode: countProblems(problems) }), [shared, problems]);
  useEffect(() => shared.note.setState({ editing: editingNote }), [shared, editingNote]);

  // Select changes come one call each for nodes and edges of a single gesture: what was asked for last is where the next one starts.
  const pending = useRef(selection);
  useEffect(() => {
    pending.current = selection;
  }, [selection]);

  const choose = useCallback((next: Selection) => {
    pending.current = next;
    latest.current.onSelectionChange(next);
  }, []);

  const { nodes: chosenNodes, notes: chosenNotes } = selection;
  const selected = useMemo(
    () => elementsOf({ nodes: chosenNodes, edges: noEdgesChosen, ...(chosenNotes && { notes: chosenNotes }) }),
    [chosenNodes, chosenNotes],
  );
  useEffect(() => shared.hint.setState(dropHint ? { ...noHint, ...dropHint } : noHint), [shared, dropHint]);
  const drag = useDrag({ document, layout, selection: pending, view: canvasView, hint: shared.hint, edits });
  const resize = useResize({ document, layout, view: canvasView, hint: shared.hint, edits });
  useEffect(() => {
    resizing.current = resize.start;
  }, [resize.start]);

  const always = drag.active?.roots ?? noIds;
  const built = useMemo(
    () => (isFar || area === null ? null : elements.build({ document, layout, area, always })),
    [always, area, document, elements, isFar, layout],
  );
  const nodes = useMemo(
    () =>
      built?.nodes.map((node) => {
        const override = resize.active?.get(node.id);
        const by = drag.active?.rootSet.has(node.id) ? drag.active.by : null;
        return decorate(node, selected.has(node.id), by, override, isTouch);
      }) ?? noNodes,
    [built, drag.active, isTouch, resize.active, selected],
  );
  const edges = useMemo(
    () => built?.edges.map((edge) => (selection.edges.has(edge.id as EdgeId) ? selectedEdge(edge, editable) : edge)) ?? noEdges,
    [built, editable, selection.edges],
  );

  const markedNodes = useMemo(() => markNodes(nodes, marks), [nodes, marks]);
  const markedEdges = useMemo(() => markEdges(edges, marks), [edges, marks]);

  const far = useFarGestures({ enabled: isFar, editable, tool, layout, view: canvasView, frame, selection: pending, choose, drag });

  const onNodesChange = useCallback(
    (changes: CanvasNodeChange[]) => {
      const moved = new Map<string, Point>();
      let chosen: Set<string> | null = null;
      for (const change of changes) {
        if (change.type === 'position' && change.position && change.dragging) moved.set(change.id, change.position);
        else if (change.type === 'select') {
          chosen ??= elementsOf(pending.current);
          if (change.selected) chosen.add(change.id);
          else chosen.delete(change.id);
        }
      }
      if (moved.size > 0) drag.moveTo(moved);
      if (chosen) choose({ ...selectionOf(chosen), edges: pending.current.edges });
    },
    [choose, drag],
  );

  const startWire = useCallback(
    (node: string | null, port: string | null) => {
      if (node === null || port === null) return;
      const index = indexGraph(latest.current.document, catalogue);
      const from = { node: node as NodeId, port: port as PortId }; // ids that React Flow was given
      const targets = new Set(
        latest.current.document.nodes
          .filter(({ id }) => canConnectIn(index, { source: from.node, sourcePort: from.port, target: id }).ok)
          .map(({ id }) => id),
      );
      shared.wire.setState({ from, targets });
    },
    [catalogue, shared],
  );

  /** The edge whose end is being moved. */
  const reconnected = useRef<EdgeId>(null);
  const endWire = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { from } = shared.wire.getState();
      const edge = reconnected.current;
      shared.wire.setState(idleWire);
      if (!from || state.isValid) return;
      const client =
        'changedTouches' in event
          ? { x: event.changedTouches[0]?.clientX ?? 0, y: event.changedTouches[0]?.clientY ?? 0 }
          : { x: event.clientX, y: event.clientY };
      const over = globalThis.document.elementFromPoint(client.x, client.y)?.closest('.react-flow__node')?.getAttribute('data-id');
      const { edits: listener, layout: placed } = latest.current;
      const node = over && latest.current.document.nodes.find(({ id }) => id === over);
      if (node && !(catalogue.get(node.type)?.container && !wasHeader(client))) {
        const connection = { source: from.node, sourcePort: from.port, target: node.id };
        const answer = canConnectIn(indexGraph(latest.current.document, catalogue), connection);
        if (answer.ok && edge !== null) listener?.onReconnect(edge, connection);
        else if (answer.ok) listener?.onConnect(connection);
        else if (node.id !== from.node) listener?.onRefused(answer.reason);
        return;
      }
      // An edge that is taken by its end and dropped nowhere stays as it was.
      if (edge !== null) return;
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
        className={`wf-canvas wf-focus zoom-${level} tool-${tool} ${run ? 'in-run' : ''} ${editable ? 'editable' : ''} ${isTouch ? 'touch' : ''}`}
        onKeyDown={onKeyDown}
        role="region"
        aria-label={label}
        tabIndex={0}
        {...(editable && {
          onDragOver: (event) => {
            const at = canvasView.toCanvas(event.clientX, event.clientY);
            drag.hover(latest.current.layout.containerAt(at));
          },
          onDragLeave: () => drag.hover(null),
          onDrop: () => drag.hover(null),
        })}
      >
        {start === null ? null : (
          <ReactFlow<CanvasNode | CanvasNote, CanvasEdge>
            id={id}
            nodes={markedNodes}
            edges={markedEdges}
            onPaneClick={() => {
              // React Flow only knows what is around the view; what is selected elsewhere goes, too.
              if (!isFar) choose(emptySelection);
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
              if (changed) choose({ ...pending.current, edges: chosen });
            }}
            onNodeDragStop={drag.drop}
            onSelectionDragStop={drag.drop}
            onNodeDoubleClick={(_event, node) => {
              const note = noteOfElement(node.id);
              if (note === null) onOpenNode?.(node.id as NodeId);
              else latest.current.edits?.onEditNote(note);
            }}
            onConnect={({ source, sourceHandle, target }) => {
              const connection = connectionOf(source, sourceHandle, target);
              if (connection) latest.current.edits?.onConnect(connection);
            }}
            onConnectStart={(_event, { nodeId, handleId, handleType }) => {
              if (handleType === 'source') startWire(nodeId, handleId);
            }}
            onConnectEnd={endWire}
            onReconnect={(edge, { source, sourceHandle, target }) => {
              const connection = connectionOf(source, sourceHandle, target);
              if (connection) latest.current.edits?.onReconnect(edge.id as EdgeId, connection);
            }}
            onReconnectStart={(_event, edge) => {
              reconnected.current = edge.id as EdgeId; // an id that React Flow was given
            }}
            onReconnectEnd={() => {
              reconnected.current = null;
              shared.wire.setState(idleWire);
            }}
            isValidConnection={({ source, sourceHandle, target }) => {
              const connection = connectionOf(source, sourceHandle ?? null, target);
              const { from, targets } = shared.wire.getState();
              if (!connection) return false;
              if (from) return targets.has(connection.target);
              return canConnectIn(indexGraph(latest.current.document, catalogue), connection).ok;
            }}
            onMoveStart={(event) => {
              if (event) onUserMoved?.();
            }}
            connectionLineComponent={WireLine}
            connectionRadius={isTouch ? 60 : 40}
            reconnectRadius={9}
            nodesDraggable={editable}
            nodesConnectable={editable}
            edgesReconnectable={false}
            edgesFocusable={editable}
            nodesFocusable
            elevateNodesOnSelect={false}
            selectNodesOnDrag
            selectionMode={SelectionMode.Partial}
            selectionOnDrag={frames}
            panOnDrag={frames ? middleAndRight : true}
            selectionKeyCode={null}
            multiSelectionKeyCode={multiSelectKeys}
            deleteKeyCode={null}
            disableKeyboardA11y
            connectOnClick={false}
            zoomOnDoubleClick={false}
            nodeDragThreshold={0}
            minZoom={0.05}
            maxZoom={2}
            onlyRenderVisibleElements
            defaultViewport={start}
            onInit={() => setReady(true)}
            proOptions={{ hideAttribution: true }}
            aria-label={`${label}: nodes and edges`}
          >
            {isFar ? <FarLayer layout={layout} selected={selected} moved={far.moved} marks={marks} /> : null}
            {isFar ? null : (
              <StrayEdges
                edges={markedEdges}
                layout={layout}
                moving={drag.active?.rootSet ?? null}
                onChoose={(edge, isAdded) => {
                  const before = isAdded ? pending.current : emptySelection;
                  choose({ ...before, edges: new Set([...before.edges, edge]) });
                }}
              />
            )}
            {far.marquee ? <Marquee box={far.marquee} /> : null}
            {editable ? <DragGuides /> : null}
            {children}
          </ReactFlow>
        )}
      </div>
    </CanvasContext>
  );
}

const fitWhole = { fromTop: true };
/** From this zoom on titles can be read. */
const fitReadable = { fromTop: true, leastZoom: 0.6 };
const noIds: readonly string[] = [];
const noEdgesChosen: ReadonlySet<EdgeId> = new Set();
const middleAndRight = [1, 2];
const multiSelectKeys = ['Shift', 'Meta', 'Control'];

function connectionOf(source: string | null, sourcePort: string | null, target: string | null): Connection | null {
  if (source === null || sourcePort === null || target === null) return null;
  return { source: source as NodeId, sourcePort: sourcePort as PortId, target: target as NodeId }; // ids that React Flow was given
}

function wasHeader(client: Point): boolean {
  return globalThis.document.elementFromPoint(client.x, client.y)?.closest('.wf-container-header') !== null;
}

const selectedNodes = new WeakMap<CanvasNode | CanvasNote, CanvasNode | CanvasNote>();
const restingNodes = new WeakMap<CanvasNode | CanvasNote, CanvasNode | CanvasNote>();
const selectedEdges = new WeakMap<CanvasEdge, CanvasEdge>();

/** Selected nodes keep one object, too, as long as nothing else about them changes. A finger pans from what is not selected. */
function decorate(
  node: CanvasNode | CanvasNote,
  selected: boolean,
  by: Point | null,
  override: Resized | undefined,
  isTouch: boolean,
): CanvasNode | CanvasNote {
  if (override) {
    const { width = node.width, height = node.height, position } = override;
    const resized = { ...node, selected, position, width, height, measured: { width, height } };
    return (resized.type === 'note' ? resized : { ...resized, data: { ...resized.data, width, height } }) as typeof node; // the same kind
  }
  if (by) return { ...node, selected, position: { x: node.position.x + by.x, y: node.position.y + by.y }, dragging: true, zIndex: 1000 };
  if (selected) return keptAs(selectedNodes, node, { selected: true });
  return isTouch ? keptAs(restingNodes, node, { draggable: false }) : node;
}

function keptAs(
  kept: WeakMap<CanvasNode | CanvasNote, CanvasNode | CanvasNote>,
  node: CanvasNode | CanvasNote,
  change: { selected: true } | { draggable: false },
): CanvasNode | CanvasNote {
  const known = kept.get(node);
  if (known) return known;
  const fresh = { ...node, ...change };
  kept.set(node, fresh);
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
