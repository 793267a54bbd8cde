import type { EdgeId, GraphNode, NodeId, NoteId, WorkflowDocument } from '@perdure/graph';
import { snapMove, type Guide } from './align-guides.ts';
import { noteOfElement } from './canvas-elements.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import type { Box } from './obstacle-index.ts';
import type { Point } from './route-ends.ts';

/*
 * What a drag does, from where the pointer has brought things: pure. Places here are absolute canvas pixels, by element id.
 *
 * 1. Everything dragged moves by the same distance, whether it is drawn or not.
 * 2. What is inside a dragged container is not dragged itself.
 */

export interface NodeMove {
  node: NodeId;
  parent: NodeId | null;
  position: Point;
}

export interface NoteMove {
  note: NoteId;
  parent: NodeId | null;
  position: Point;
}

/** The selected things that a drag moves (2). */
export function dragRoots(layout: CanvasLayout, selected: Iterable<string>): string[] {
  const ids = new Set(selected);
  return [...ids].filter((id) => {
    const note = noteOfElement(id);
    if (note !== null) return !layout.isNoteInside(note, ids);
    return layout.boxes.has(id as NodeId) && layout.containerAmong(id as NodeId, ids) === null; // no note, so a node
  });
}

export function boxOf(layout: CanvasLayout, element: string): Box | undefined {
  const note = noteOfElement(element);
  return note === null ? layout.boxes.get(element as NodeId) : layout.notes.get(note); // an element is a node or a note
}

/** How far a drag goes in the end, with what it lines up with. `view`: only what is on screen is lined up with. */
export function snapDrag(
  layout: CanvasLayout,
  roots: readonly string[],
  by: Point,
  options: { view: Box; tolerance: number },
): { by: Point; guides: Guide[] } {
  const boxes = roots.flatMap((id) => boxOf(layout, id) ?? []);
  const around = unite(boxes);
  if (!around) return { by, guides: [] };
  const moving = new Set(roots);
  const [first] = roots;
  const parent = first === undefined || noteOfElement(first) !== null ? null : layout.parentOf(first as NodeId); // a node's id
  const others = layout
    .nodesIn(options.view)
    .filter((id) => !moving.has(id) && layout.containerAmong(id, moving) === null)
    // Neighbours in the same container, and, for what comes from outside, everything that does not lie within another.
    .filter((id) => layout.parentOf(id) === parent)
    .flatMap((id) => layout.boxes.get(id) ?? []);
  const { dx, dy, guides } = snapMove({ ...around, x: around.x + by.x, y: around.y + by.y }, others, options.tolerance);
  return { by: { x: by.x + dx, y: by.y + dy }, guides };
}

/** Into which container each goes, and where in it. What has not moved is left out. */
export function dropPlan(
  document: WorkflowDocument,
  layout: CanvasLayout,
  roots: readonly string[],
  by: Point,
): { nodes: NodeMove[]; notes: NoteMove[] } {
  const moving = new Set<string>(roots);
  const nodes: NodeMove[] = [];
  const notes: NoteMove[] = [];
  for (const id of roots) {
    const box = boxOf(layout, id);
    if (!box) continue;
    const to = { x: box.x + by.x, y: box.y + by.y };
    const parent = containerFor(layout, { ...box, ...to }, moving);
    const origin = layout.origin(parent);
    const position = { x: Math.round(to.x - origin.x), y: Math.round(to.y - origin.y) };
    const note = noteOfElement(id);
    if (note === null) nodes.push({ node: id as NodeId, parent, position });
    else notes.push({ note, parent, position });
  }
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const noteById = new Map((document.notes ?? []).map((note) => [note.id, note]));
  return {
    nodes: nodes.filter(({ node, ...place }) => differs(byId.get(node), place)),
    notes: notes.filter(({ note, ...place }) => differs(noteById.get(note), place)),
  };
}

/** The container that takes a box: the one under the middle of its head. */
export function containerFor(layout: CanvasLayout, box: Box, except: { has(id: NodeId): boolean }): NodeId | null {
  return layout.containerAt({ x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 26) }, except);
}

/** The edge that a node without edges of its own would go into when it is dropped with its middle on it. */
export function edgeUnder(layout: CanvasLayout, node: GraphNode, box: Box): EdgeId | null {
  const { connected, incoming } = layout.adjacency;
  if (connected.has(node.id) || incoming.has(node.id)) return null;
  return edgeAt(layout, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
}

/** The edge at a point, or close by. */
export function edgeAt(layout: CanvasLayout, at: Point): EdgeId | null {
  const near = { x: at.x - reach, y: at.y - reach, width: 2 * reach, height: 2 * reach };
  for (const edge of layout.edgesIn(near)) {
    const points = layout.route(edge)?.points ?? [];
    if (points.some((point, i) => i > 0 && distanceTo(at, points[i - 1]!, point) <= reach)) return edge.id; // i > 0
  }
  return null;
}

const reach = 20;

/** From a point to a horizontal or vertical piece of line. */
function distanceTo(point: Point, a: Point, b: Point): number {
  const dx = Math.max(Math.min(a.x, b.x) - point.x, 0, point.x - Math.max(a.x, b.x));
  const dy = Math.max(Math.min(a.y, b.y) - point.y, 0, point.y - Math.max(a.y, b.y));
  return Math.hypot(dx, dy);
}

function differs(was: { parent: NodeId | null; position: Point } | undefined, now: { parent: NodeId | null; position: Point }): boolean {
  return was !== undefined && (was.parent !== now.parent || was.position.x !== now.position.x || was.position.y !== now.position.y);
}

function unite(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}
