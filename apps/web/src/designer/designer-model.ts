import {
  standardCatalogue,
  nodeSize,
  portPosition,
  canConnectIn,
  indexGraph,
  type Connection,
  type EdgeId,
  type GraphNode,
  type NodeId,
  type NodeType,
  type NoteId,
  type PortId,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import { createStore, type StoreApi } from 'zustand';
import { emptySelection, type Selection } from '../canvas/graph-canvas.tsx';
import { CommandStack } from './command-stack.ts';
import * as edits from './document-edits.ts';
import * as noteEdits from './note-edits.ts';
import { resizeContainer } from './resize-container.ts';
import { unfinishedKey, type UnfinishedJson } from './unfinished-json.ts';

/** Where the next node comes from: the palette's click, quick-add, a dropped wire. */
export interface AddOptions {
  /** Place and container; without it the node goes below the selection. */
  place?: edits.Place;
  /** The port to connect it to. */
  from?: { node: NodeId; port: PortId };
}

/** Not a config field: the node's title, for F2. A config field called so has its own group in the form. */
export const titleField = '';

export interface FieldShown {
  node: NodeId;
  field: string;
  focus: boolean;
}

export interface DesignerView {
  document: WorkflowDocument;
  selection: Selection;
  problems: readonly Problem[];
  undoLabel: string | null;
  redoLabel: string | null;
  /** Texts that are not JSON yet, by node and field. */
  unfinished: UnfinishedJson;
  /** The note being written in on the canvas. */
  editingNote: NoteId | null;
  /** A field the inspector should bring up and focus, from a problem's Show. */
  focusField: FieldShown | null;
}

/** The document being edited with its history and selection. Knows nothing of the server or of React. */
export class DesignerModel {
  readonly view: StoreApi<DesignerView>;
  #stack: CommandStack<WorkflowDocument>;
  readonly #editable: boolean;
  readonly #onChange: (document: WorkflowDocument) => void;

  /** `editable` false: whoever looks may select, but nothing changes. */
  constructor(document: WorkflowDocument, editable: boolean, onChange: (document: WorkflowDocument) => void) {
    this.#editable = editable;
    this.#stack = new CommandStack(document);
    this.#onChange = onChange;
    this.view = createStore<DesignerView>(() => ({
      document,
      selection: emptySelection,
      problems: [],
      unfinished: new Map(),
      undoLabel: null,
      redoLabel: null,
      focusField: null,
      editingNote: null,
    }));
  }

  get document(): WorkflowDocument {
    return this.#stack.value;
  }

  get selection(): Selection {
    return this.view.getState().selection;
  }

  change(
    label: string,
    edit: (document: WorkflowDocument) => WorkflowDocument,
    options: { mergeKey?: string; select?: readonly NodeId[] } = {},
  ): boolean {
    if (!this.#editable || !this.#stack.execute(label, edit(this.#stack.value), options.mergeKey)) return false;
    this.#publish();
    if (options.select) this.select({ nodes: new Set(options.select), edges: new Set() });
    return true;
  }

  undo(): void {
    if (this.#stack.undo()) this.#publish();
  }

  redo(): void {
    if (this.#stack.redo()) this.#publish();
  }

  /** Takes up what is saved already, as a step of the history. */
  adopt(label: string, document: WorkflowDocument): void {
    if (this.#stack.execute(label, document)) this.#show();
  }

  /** Begins anew with another document; its history starts empty and nothing is saved. */
  reset(document: WorkflowDocument): void {
    this.#stack = new CommandStack(document);
    this.view.setState({
      document,
      selection: emptySelection,
      problems: [],
      unfinished: new Map(),
      undoLabel: null,
      redoLabel: null,
      focusField: null,
      editingNote: null,
    });
  }

  select(selection: Selection): void {
    this.view.setState({ selection });
  }

  selectNode(node: NodeId | null): void {
    this.select({ nodes: new Set(node === null ? [] : [node]), edges: new Set() });
  }

  selectAll(): void {
    const { nodes, edges, notes = [] } = this.document;
    this.select({
      nodes: new Set(nodes.map(({ id }) => id)),
      edges: new Set(edges.map(({ id }) => id)),
      notes: new Set(notes.map(({ id }) => id)),
    });
  }

  /** Opens the collapsed containers around a node, so that it can be seen. What is open belongs to the drawing: it can be undone. */
  openAround(node: NodeId): void {
    this.change('Open container', (document) => edits.openAround(document, node));
  }

  /** `focus` false: it is brought into view and marked, and the keyboard stays where it is. */
  showField(node: NodeId, field: string, { focus = true } = {}): void {
    this.view.setState({ focusField: { node, field, focus } });
  }

  fieldShown(): void {
    this.view.setState({ focusField: null });
  }

  /** Keeps a text that is not JSON yet; null forgets it. */
  keepUnfinished(node: NodeId, field: string, text: string | null): void {
    const key = unfinishedKey(node, field);
    const before = this.view.getState().unfinished;
    if ((before.get(key) ?? null) === text) return;
    const unfinished = new Map(before);
    if (text === null) unfinished.delete(key);
    else unfinished.set(key, text);
    this.view.setState({ unfinished });
  }

  /** What was typed into a node stays its own when its id changes. */
  unfinishedFollows(before: NodeId, after: NodeId): void {
    const prefix = unfinishedKey(before, '');
    const unfinished = new Map(
      [...this.view.getState().unfinished].map(([key, text]) =>
        key.startsWith(prefix) ? [unfinishedKey(after, key.slice(prefix.length)), text] : [key, text],
      ),
    );
    this.view.setState({ unfinished });
  }

  setProblems(problems: readonly Problem[]): void {
    this.view.setState({ problems });
  }

  /** The one selected node, or null. */
  get selectedNode(): GraphNode | null {
    const { nodes } = this.selection;
    if (nodes.size !== 1) return null;
    const [id] = nodes;
    return this.document.nodes.find((node) => node.id === id) ?? null;
  }

  /** The one selected node, if it is a container. */
  get selectedContainer(): GraphNode | null {
    const node = this.selectedNode;
    return node && standardCatalogue.get(node.type)?.container ? node : null;
  }

  /** Adds a node of a type and connects it where that makes sense. Returns its id. */
  add(type: NodeType, options: AddOptions = {}): NodeId {
    const { document } = this;
    if (!options.from && !options.place) {
      const next = this.selectedNode ? this.#onlyWayOn(this.selectedNode) : this.#wayToTheEnd();
      if (
        next &&
        standardCatalogue
          .get(type.key)
          ?.ports(type.defaultConfig())
          .some((port) => port.kind === 'normal')
      ) {
        const inserted = this.insertOnEdge(next, type);
        if (inserted !== null) return inserted;
      }
    }
    const anchor = options.from
      ? document.nodes.find(({ id }) => id === options.from?.node)
      : (this.selectedNode ?? (type.hasInput ? this.#looseEnd() : null));
    const draft = edits.titledNode(document, type, { parent: null, position: { x: 0, y: 0 } });
    const size = nodeSize(draft);
    let from = options.from ?? null;
    let place = options.place ?? null;
    if (anchor && !place) {
      from ??= this.#openPort(anchor);
      const port = from && portPosition(anchor, from.port);
      place =
        port?.side === 'inner'
          ? edits.placeInside(document, anchor, size)
          : edits.placeBelow(document, anchor, size, port?.side === 'bottom' ? port.x : undefined);
    }
    const node = { ...draft, ...(place ?? this.#freePlace(size)) };
    this.change(
      `Add ${type.label}`,
      (before) => edits.addNodes(before, [node], from ? [{ source: from.node, sourcePort: from.port, target: node.id }] : []),
      { select: [node.id] },
    );
    return node.id;
  }

  insertOnEdge(edge: EdgeId, type: NodeType): NodeId | null {
    const found = this.document.edges.find(({ id }) => id === edge);
    const result = found && edits.insertOnEdge(this.document, found, type);
    if (!result) return null;
    this.change(`Insert ${type.label}`, () => result.document, { select: [result.node.id] });
    return result.node.id;
  }

  connect(connection: Connection): void {
    this.change('Connect', (document) => edits.connect(document, connection));
  }

  reconnect(edge: EdgeId, connection: Connection): void {
    this.change('Reconnect', (document) => edits.reconnect(document, edge, connection));
  }

  /** Returns how many edges the new places did not allow. */
  move(moves: readonly ({ node: NodeId } & edits.Place)[], notes: readonly ({ note: NoteId } & edits.Place)[] = []): number {
    const { document, removedEdges } = edits.moveNodes(noteEdits.moveNotes(this.document, notes), moves);
    const count = moves.length + notes.length;
    const label = count > 1 ? `Move ${count} ${notes.length === 0 ? 'nodes' : 'things'}` : notes.length === 1 ? 'Move note' : 'Move node';
    this.change(label, () => document);
    return removedEdges;
  }

  dropOnEdge(move: { node: NodeId } & edits.Place, edge: EdgeId): void {
    this.change('Insert on edge', (document) => edits.dropOnEdge(document, move, edge));
  }

  resize(node: NodeId, box: { x: number; y: number; width: number; height: number }): void {
    this.change('Resize', (document) => edits.fitContainers(resizeContainer(document, node, box)));
  }

  nudge(x: number, y: number): void {
    const { nodes: chosen, notes: chosenNotes } = this.selection;
    const { document } = this;
    const inside = edits.withContent(document, chosen);
    const moves = document.nodes
      .filter((node) => chosen.has(node.id) && !(node.parent !== null && inside.has(node.parent)))
      .map((node) => ({ node: node.id, parent: node.parent, position: { x: node.position.x + x, y: node.position.y + y } }));
    const notes = (document.notes ?? [])
      .filter(({ id, parent }) => chosenNotes?.has(id) && !(parent !== null && inside.has(parent)))
      .map(({ id, parent, position }) => ({ note: id, parent, position: { x: position.x + x, y: position.y + y } }));
    if (moves.length + notes.length > 0)
      this.change('Move', (before) => edits.moveNodes(noteEdits.moveNotes(before, notes), moves).document, { mergeKey: 'nudge' });
  }

  deleteSelection(): void {
    const { nodes, edges, notes } = this.selection;
    const count = nodes.size + edges.size + (notes?.size ?? 0);
    const edit = (document: WorkflowDocument): WorkflowDocument =>
      noteEdits.removeNotes(edits.remove(document, nodes, edges), notes ?? new Set());
    if (this.change(count === 1 ? 'Delete' : `Delete ${count} things`, edit)) this.select(emptySelection);
  }

  /** A new note, selected and ready to be written in. */
  addNote(place: edits.Place): void {
    const { document, note } = noteEdits.addNote(this.document, place);
    if (!this.change('Add note', () => document)) return;
    this.select({ ...emptySelection, notes: new Set([note.id]) });
    this.editNote(note.id);
  }

  editNote(note: NoteId | null): void {
    if (this.#editable) this.view.setState({ editingNote: note });
  }

  writeNote(note: NoteId, text: string): void {
    this.change('Edit note', (document) => noteEdits.updateNote(document, note, { text }));
  }

  resizeNote(note: NoteId, { x, y, width, height }: { x: number; y: number; width: number; height: number }): void {
    this.change('Resize note', (document) => noteEdits.updateNote(document, note, { position: { x, y }, size: { width, height } }));
  }

  /** The one selected note, when nothing else is selected. */
  get selectedNote(): NoteId | null {
    const { nodes, edges, notes } = this.selection;
    const [only] = notes ?? [];
    return only !== undefined && notes?.size === 1 && nodes.size + edges.size === 0 ? only : null;
  }

  toggleDisabled(): void {
    const { nodes } = this.selection;
    this.change('Disable', (document) => edits.toggleDisabled(document, nodes));
  }

  /** The neighbour in a direction, along the edges first, else by place. */
  neighbour(direction: 'up' | 'down' | 'left' | 'right'): NodeId | null {
    const at = this.selectedNode;
    const { document } = this;
    if (!at) return document.nodes[0]?.id ?? null;
    if (direction === 'down') {
      const next = document.edges.find(({ source }) => source === at.id);
      if (next) return next.target;
    }
    if (direction === 'up') {
      const before = document.edges.find(({ target }) => target === at.id);
      if (before) return before.source;
    }
    const centre = (node: GraphNode) => ({ x: node.position.x + nodeSize(node).width / 2, y: node.position.y + nodeSize(node).height / 2 });
    const here = centre(at);
    const axis = direction === 'left' || direction === 'right' ? 'x' : 'y';
    const sign = direction === 'left' || direction === 'up' ? -1 : 1;
    const others = document.nodes
      .filter((node) => node.id !== at.id && node.parent === at.parent)
      .map((node) => ({
        node,
        along: (centre(node)[axis] - here[axis]) * sign,
        across: Math.abs(centre(node)[axis === 'x' ? 'y' : 'x'] - here[axis === 'x' ? 'y' : 'x']),
      }))
      .filter(({ along, across }) => along > 8 && across < along * 2);
    return others.toSorted((a, b) => a.along + 2 * a.across - (b.along + 2 * b.across))[0]?.node.id ?? null;
  }

  /** The edge of a node whose single exit leads to a single place: what comes after it goes in between. */
  #onlyWayOn(node: GraphNode): EdgeId | null {
    const ports =
      standardCatalogue
        .get(node.type)
        ?.ports(node.config)
        .filter((port) => port.kind === 'normal') ?? [];
    const [port] = ports;
    if (ports.length !== 1 || !port || this.#openPort(node)) return null;
    const out = this.document.edges.filter(({ source, sourcePort }) => source === node.id && sourcePort === port.id);
    return out.length === 1 ? (out[0]?.id ?? null) : null;
  }

  /** The edge that is selected; with nothing selected the one that leads to the only end. What is added without saying where goes there. */
  #wayToTheEnd(): EdgeId | null {
    const { nodes, edges } = this.selection;
    if (nodes.size > 0 || edges.size > 1) return null;
    const [selected] = edges;
    if (selected !== undefined) return selected;
    const [end, other] = this.document.nodes.filter(({ type, parent }) => type === 'end' && parent === null);
    if (!end || other) return null;
    const [way, another] = this.document.edges.filter(({ target }) => target === end.id);
    return way && !another ? way.id : null;
  }

  /** The only node at the top level that is not led on from: with nothing selected, the next one follows it. */
  #looseEnd(): GraphNode | null {
    if (this.selection.nodes.size > 0) return null;
    const [loose, other] = this.document.nodes.filter((node) => node.parent === null && this.#openPort(node) !== null);
    return loose && !other ? loose : null;
  }

  /** The first port of a node that leads nowhere yet; a container's inside comes before its exit. */
  #openPort(node: GraphNode): { node: NodeId; port: PortId } | null {
    const used = new Set(this.document.edges.filter(({ source }) => source === node.id).map(({ sourcePort }) => sourcePort));
    const ports = standardCatalogue.get(node.type)?.ports(node.config) ?? [];
    const open = ports.find((port) => port.kind !== 'exceptional' && !used.has(port.id) && !(port.kind === 'inner' && node.collapsed));
    return open ? { node: node.id, port: open.id } : null;
  }

  /** Below everything at the top level. */
  #freePlace(size: { width: number; height: number }): edits.Place {
    const top = this.document.nodes.filter(({ parent }) => parent === null);
    const lowest = top.toSorted((a, b) => b.position.y - a.position.y)[0];
    return lowest ? edits.placeBelow(this.document, lowest, size) : { parent: null, position: { x: 0, y: 0 } };
  }

  canConnect(connection: Connection): boolean {
    return canConnectIn(indexGraph(this.document), connection).ok;
  }

  #publish(): void {
    this.#show();
    this.#onChange(this.document);
  }

  #show(): void {
    const document = this.#stack.value;
    const ids = new Set(document.nodes.map(({ id }) => id));
    const edgeIds = new Set(document.edges.map(({ id }) => id));
    const noteIds = new Set(document.notes?.map(({ id }) => id));
    this.view.setState(({ selection, editingNote }) => ({
      document,
      editingNote: editingNote !== null && noteIds.has(editingNote) ? editingNote : null,
      undoLabel: this.#stack.undoLabel,
      redoLabel: this.#stack.redoLabel,
      selection: {
        ...selection,
        nodes: kept(selection.nodes, ids),
        edges: kept(selection.edges, edgeIds),
        ...(selection.notes && { notes: kept(selection.notes, noteIds) }),
      },
    }));
  }
}

/** The same set when all of it is still there, so that nobody draws anew for nothing. */
function kept<Id>(chosen: ReadonlySet<Id>, there: ReadonlySet<Id>): ReadonlySet<Id> {
  for (const id of chosen) if (!there.has(id)) return new Set([...chosen].filter((one) => there.has(one)));
  return chosen;
}
