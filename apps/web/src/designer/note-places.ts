import { nodeSize, type NodeId, type NoteId, type WorkflowDocument } from '@perdure/graph';
import { overlap, type Box } from '../canvas/obstacle-index.ts';

/*
 * Where notes go: pure. Places count from the container a note is in.
 * A note stays beside what it speaks of, and never covers a node where there is room beside it.
 */

/** Between a note and what it is put beside. */
const gap = 16;
/** How far away room is looked for. */
const search = 1_200;

/** The free place nearest to where a note was to go; that place itself when there is none near. */
export function freeNotePlace(document: WorkflowDocument, parent: NodeId | null, wanted: Box, except?: NoteId): { x: number; y: number } {
  const near = { x: wanted.x - search, y: wanted.y - search, width: wanted.width + 2 * search, height: wanted.height + 2 * search };
  const taken = [
    ...document.nodes.filter((node) => node.parent === parent).map((node) => ({ ...node.position, ...nodeSize(node) })),
    ...(document.notes ?? [])
      .filter((note) => note.parent === parent && note.id !== except)
      .map((note) => ({ ...note.position, ...note.size })),
  ].filter((box) => overlap(box, near));
  const { width, height } = wanted;
  const columns = [wanted.x, ...taken.flatMap((box) => [box.x - width - gap, box.x + box.width + gap])];
  const rows = [wanted.y, ...taken.flatMap((box) => [box.y - height - gap, box.y + box.height + gap])];
  // Beside one thing, or over or under it; corners between two come from both.
  const places = [...columns.map((x) => ({ x, y: wanted.y })), ...rows.map((y) => ({ x: wanted.x, y }))];
  const distance = ({ x, y }: { x: number; y: number }): number => Math.hypot(x - wanted.x, y - wanted.y);
  const isInContainer = ({ x, y }: { x: number; y: number }): boolean => parent === null || (x >= gap && y >= firstRow);
  const free = places
    .filter(isInContainer)
    .toSorted((a, b) => distance(a) - distance(b))
    .find((place) => !taken.some((box) => overlap(box, { ...place, width, height })));
  return free ?? { x: wanted.x, y: wanted.y };
}

/** Under a container's header. */
const firstRow = 48;

/**
 * The same notes after nodes have moved: each keeps its distance from the node it stood nearest to, unless something stands there now.
 * Notes in a moved container move with it by themselves.
 */
export function followNodes(before: WorkflowDocument, after: WorkflowDocument): WorkflowDocument {
  if (!before.notes || before.notes.length === 0) return after;
  const moved = new Map(after.nodes.map((node) => [node.id, node]));
  let next = after;
  for (const note of before.notes) {
    const box = { ...note.position, ...note.size };
    let nearest: { by: { x: number; y: number }; distance: number } | null = null;
    for (const node of before.nodes) {
      const now = moved.get(node.id);
      if (node.parent !== note.parent || !now || now.parent !== node.parent) continue;
      const distance = between(box, { ...node.position, ...nodeSize(node) });
      if (nearest && nearest.distance <= distance) continue;
      nearest = { by: { x: now.position.x - node.position.x, y: now.position.y - node.position.y }, distance };
    }
    if (!nearest) continue;
    const wanted = { ...box, x: box.x + nearest.by.x, y: box.y + nearest.by.y };
    // What covered a node before was meant to.
    const position = nearest.distance === 0 ? { x: wanted.x, y: wanted.y } : freeNotePlace(next, note.parent, wanted, note.id);
    if (position.x === note.position.x && position.y === note.position.y) continue;
    next = { ...next, notes: (next.notes ?? []).map((one) => (one.id === note.id ? { ...one, position } : one)) };
  }
  return next;
}

/** From rim to rim; 0 when they touch. */
function between(a: Box, b: Box): number {
  const dx = Math.max(b.x - a.x - a.width, a.x - b.x - b.width, 0);
  const dy = Math.max(b.y - a.y - a.height, a.y - b.y - b.height, 0);
  return Math.hypot(dx, dy);
}
