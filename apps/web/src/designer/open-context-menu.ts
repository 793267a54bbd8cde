import type { EdgeId, NodeId, NoteId } from '@perdure/graph';
import { noteOfElement } from '../canvas/canvas-elements.ts';
import { layoutOf } from '../canvas/canvas-layout.ts';
import type { Selection } from '../canvas/graph-canvas.tsx';
import type { MenuPlace } from './commands/command.ts';
import type { DesignerSession } from './designer-session.ts';

interface Point {
  x: number;
  y: number;
}

/** Opens the menu on what is under the pointer; what was not selected is selected alone, so that the menu means what is seen. */
export function openMenuAt(designer: DesignerSession, target: Element, client: Point): void {
  const { model, stage } = designer;
  const { nodes, edges, notes } = model.selection;
  const edge = idOf<EdgeId>(target, '.react-flow__edge');
  const element = edge === null ? idOf<NodeId>(target, '.react-flow__node') : null;
  const note = element === null ? null : noteOfElement(element);
  const node = edge === null && note === null ? (element ?? drawnFar(designer, client)) : null;
  if (note !== null) {
    if (!notes?.has(note)) model.select({ nodes: new Set(), edges: new Set(), notes: new Set<NoteId>([note]) });
  } else if (node !== null && !nodes.has(node)) model.selectNode(node);
  else if (edge !== null && !edges.has(edge)) model.select({ nodes: new Set(), edges: new Set([edge]) });
  else if (node === null && edge === null && !target.closest('.react-flow__nodesselection')) model.selectNode(null);
  open(designer, client, stage.view.current?.toCanvas(client.x, client.y));
}

/** By key: at the selected node, or at the top of the canvas. */
export function openMenuAtSelection(designer: DesignerSession): void {
  const [node] = designer.model.selection.nodes;
  openMenuAtPoint(designer, designer.stage.below(node ?? null));
}

/** At a point of the window, on what is selected. */
export function openMenuAtPoint(designer: DesignerSession, client: Point): void {
  open(designer, client, designer.stage.view.current?.toCanvas(client.x, client.y));
}

function open({ model, screen }: DesignerSession, client: Point, canvas: Point = { x: 0, y: 0 }): void {
  screen.setState({ menu: { client, canvas, place: placeOf(model.selection) } });
}

function placeOf({ nodes, edges, notes }: Selection): MenuPlace {
  if (nodes.size + edges.size + (notes?.size ?? 0) > 1) return 'selection';
  if (notes?.size === 1) return 'note';
  return nodes.size === 1 ? 'node' : edges.size === 1 ? 'edge' : 'canvas';
}

/** The ids that React Flow was given come back from its elements. */
function idOf<Id extends string>(target: Element, selector: string): Id | null {
  return (target.closest(selector)?.getAttribute('data-id') ?? null) as Id | null; // as said above
}

/** Far out nodes are blocks on one layer, none an element of its own. */
function drawnFar({ model, stage }: DesignerSession, client: Point): NodeId | null {
  const view = stage.view.current;
  if (!view || stage.area.current?.querySelector('.react-flow__node')) return null;
  return layoutOf(model.document).nodeAt(view.toCanvas(client.x, client.y));
}
