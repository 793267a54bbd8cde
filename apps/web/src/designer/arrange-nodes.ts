import { nodeSize, type GraphNode, type NodeId, type NoteId, type StickyNote, type WorkflowDocument } from '@perdure/graph';
import { fitContainers, withContent } from './document-edits.ts';

export type AlignTo = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';
export type DistributeAlong = 'horizontally' | 'vertically';

/** What is arranged: nodes, and the notes beside them. */
export interface Chosen {
  nodes: ReadonlySet<NodeId>;
  notes?: ReadonlySet<NoteId>;
}

/** Why these cannot be arranged together, in words; null when they can. `least`: how many it takes. */
export function arrangeRefusal(document: WorkflowDocument, chosen: Chosen, least: number): string | null {
  const roots = boxesOf(document, chosen);
  if (roots.length < least) return `Select at least ${least === 2 ? 'two' : 'three'} nodes`;
  return roots.every(({ parent }) => parent === roots[0]?.parent) ? null : 'Select nodes of one container';
}

/** The chosen nodes without those inside other chosen ones: what moves by itself. */
export function selectionRoots(document: WorkflowDocument, chosen: ReadonlySet<NodeId>): GraphNode[] {
  const inside = withContent(document, chosen);
  return document.nodes.filter(({ id, parent }) => chosen.has(id) && !(parent !== null && inside.has(parent)));
}

/** The chosen notes without those inside chosen nodes. */
export function noteRoots(document: WorkflowDocument, { nodes, notes }: Chosen): StickyNote[] {
  const inside = withContent(document, nodes);
  return (document.notes ?? []).filter(({ id, parent }) => notes?.has(id) && !(parent !== null && inside.has(parent)));
}

/** Lines what is chosen up along a side, or the middle, of what they take up together. */
export function alignNodes(document: WorkflowDocument, chosen: Chosen, to: AlignTo): WorkflowDocument {
  if (arrangeRefusal(document, chosen, 2) !== null) return document;
  const boxes = boxesOf(document, chosen);
  const left = Math.min(...boxes.map(({ x }) => x));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const top = Math.min(...boxes.map(({ y }) => y));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const place = ({ x, y, width, height }: Box): { x: number; y: number } => {
    switch (to) {
      case 'left':
        return { x: left, y };
      case 'centre':
        return { x: (left + right - width) / 2, y };
      case 'right':
        return { x: right - width, y };
      case 'top':
        return { x, y: top };
      case 'middle':
        return { x, y: (top + bottom - height) / 2 };
      case 'bottom':
        return { x, y: bottom - height };
    }
  };
  return placed(
    document,
    boxes.map((box) => ({ ...box, ...place(box) })),
  );
}

/** Gives what is chosen the same space between each two; the first and the last stay. */
export function distributeNodes(document: WorkflowDocument, chosen: Chosen, along: DistributeAlong): WorkflowDocument {
  if (arrangeRefusal(document, chosen, 3) !== null) return document;
  const [at, size] = along === 'horizontally' ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const boxes = boxesOf(document, chosen).toSorted((a, b) => a[at] + a[size] / 2 - (b[at] + b[size] / 2));
  const first = boxes[0];
  const last = boxes.at(-1);
  if (!first || !last) return document;
  const taken = boxes.reduce((sum, box) => sum + box[size], 0);
  const gap = (last[at] + last[size] - first[at] - taken) / (boxes.length - 1);
  let next = first[at];
  const spread = boxes.map((box) => {
    const place = { ...box, [at]: next };
    next += box[size] + gap;
    return place;
  });
  return placed(document, spread);
}

interface Box {
  /** Ids of nodes and those of notes may be the same. */
  kind: 'node' | 'note';
  id: NodeId | NoteId;
  parent: NodeId | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

function boxesOf(document: WorkflowDocument, chosen: Chosen): Box[] {
  return [
    ...selectionRoots(document, chosen.nodes).map((node): Box => {
      const { id, parent, position } = node;
      return { kind: 'node', id, parent, ...position, ...nodeSize(node) };
    }),
    ...noteRoots(document, chosen).map(({ id, parent, position, size }): Box => ({ kind: 'note', id, parent, ...position, ...size })),
  ];
}

function placed(document: WorkflowDocument, boxes: readonly Box[]): WorkflowDocument {
  let isChanged = false;
  const moved =
    (kind: Box['kind']) =>
    <Item extends { id: string; position: { x: number; y: number } }>(item: Item): Item => {
      const box = boxes.find((one) => one.kind === kind && one.id === item.id);
      const position = box && { x: Math.round(box.x), y: Math.round(box.y) };
      if (!position || (position.x === item.position.x && position.y === item.position.y)) return item;
      isChanged = true;
      return { ...item, position };
    };
  const nodes = document.nodes.map(moved('node'));
  const notes = document.notes?.map(moved('note'));
  return isChanged ? fitContainers({ ...document, nodes, ...(notes && { notes }) }) : document;
}
