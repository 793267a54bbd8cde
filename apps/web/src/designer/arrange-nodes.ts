import { nodeSize, type GraphNode, type NodeId, type WorkflowDocument } from '@perdure/graph';
import { fitContainers, withContent } from './document-edits.ts';

export type AlignTo = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';
export type DistributeAlong = 'horizontally' | 'vertically';

/** Why these cannot be arranged together, in words; null when they can. `least`: how many it takes. */
export function arrangeRefusal(document: WorkflowDocument, chosen: ReadonlySet<NodeId>, least: number): string | null {
  const roots = selectionRoots(document, chosen);
  if (roots.length < least) return `Select at least ${least === 2 ? 'two' : 'three'} nodes`;
  return roots.every(({ parent }) => parent === roots[0]?.parent) ? null : 'Select nodes of one container';
}

/** The chosen nodes without those inside other chosen ones: what moves by itself. */
export function selectionRoots(document: WorkflowDocument, chosen: ReadonlySet<NodeId>): GraphNode[] {
  const inside = withContent(document, chosen);
  return document.nodes.filter(({ id, parent }) => chosen.has(id) && !(parent !== null && inside.has(parent)));
}

/** Lines the chosen nodes up along a side, or the middle, of what they take up together. */
export function alignNodes(document: WorkflowDocument, chosen: ReadonlySet<NodeId>, to: AlignTo): WorkflowDocument {
  if (arrangeRefusal(document, chosen, 2) !== null) return document;
  const boxes = selectionRoots(document, chosen).map(boxOf);
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
  return placed(document, new Map(boxes.map((box) => [box.id, place(box)])));
}

/** Gives the chosen nodes the same space between each two; the first and the last stay. */
export function distributeNodes(document: WorkflowDocument, chosen: ReadonlySet<NodeId>, along: DistributeAlong): WorkflowDocument {
  if (arrangeRefusal(document, chosen, 3) !== null) return document;
  const [at, size] = along === 'horizontally' ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const boxes = selectionRoots(document, chosen)
    .map(boxOf)
    .toSorted((a, b) => a[at] + a[size] / 2 - (b[at] + b[size] / 2));
  const first = boxes[0];
  const last = boxes.at(-1);
  if (!first || !last) return document;
  const taken = boxes.reduce((sum, box) => sum + box[size], 0);
  const gap = (last[at] + last[size] - first[at] - taken) / (boxes.length - 1);
  const places = new Map<NodeId, { x: number; y: number }>();
  let next = first[at];
  for (const box of boxes) {
    places.set(box.id, { x: box.x, y: box.y, [at]: next });
    next += box[size] + gap;
  }
  return placed(document, places);
}

interface Box {
  id: NodeId;
  x: number;
  y: number;
  width: number;
  height: number;
}

function boxOf(node: GraphNode): Box {
  return { id: node.id, ...node.position, ...nodeSize(node) };
}

function placed(document: WorkflowDocument, places: ReadonlyMap<NodeId, { x: number; y: number }>): WorkflowDocument {
  let isChanged = false;
  const nodes = document.nodes.map((node) => {
    const place = places.get(node.id);
    if (!place) return node;
    const position = { x: Math.round(place.x), y: Math.round(place.y) };
    if (position.x === node.position.x && position.y === node.position.y) return node;
    isChanged = true;
    return { ...node, position };
  });
  return isChanged ? fitContainers({ ...document, nodes }) : document;
}
