import { nodeSize, standardCatalogue, type EdgeId, type NodeId, type NodeType, type WorkflowDocument } from '@perdure/graph';
import { layoutOf } from '../canvas/canvas-layout.ts';
import { edgeAt } from '../canvas/drag-plan.ts';
import type { QuickAddAt } from './designer-screen.ts';
import type { DesignerSession } from './designer-session.ts';
import { placeInside, type Place } from './document-edits.ts';

/** Adds a node where quick-add was opened (below the selection when nowhere in particular), selects it and brings it into view. */
export function addNode({ may, model, stage }: DesignerSession, type: NodeType, at?: QuickAddAt): void {
  if (!may.edit) return;
  if (at?.edge !== undefined) model.insertOnEdge(at.edge, type);
  else if (at?.from && at.canvas) {
    // Where the wire was dropped, its arrowhead on the pointer; inside its own container the place is found instead.
    const layout = layoutOf(model.document);
    const source = model.document.nodes.find(({ id }) => id === at.from?.node);
    const isBody =
      source &&
      standardCatalogue
        .get(source.type)
        ?.ports(source.config)
        .some((port) => port.kind === 'inner' && port.id === at.from?.port);
    const size = nodeSize({ type: type.key, config: type.defaultConfig() });
    if (source && isBody) model.add(type, { from: at.from, place: placeInside(model.document, source, size) });
    else {
      const parent = source?.parent ?? null;
      const origin = parent === null ? { x: 0, y: 0 } : (layout.boxes.get(parent) ?? { x: 0, y: 0 });
      model.add(type, {
        from: at.from,
        place: { parent, position: { x: Math.round(at.canvas.x - origin.x - size.width / 2), y: Math.round(at.canvas.y - origin.y) } },
      });
    }
  } else if (at?.canvas) model.add(type, { place: placeAt(model.document, type, at.canvas).place });
  else model.add(type, at?.from ? { from: at.from } : {});
  const [added] = model.selection.nodes;
  requestAnimationFrame(() => added && stage.reveal(model.document, added));
}

/** What takes a node of a type that is dropped at a point of the window: an edge it goes into, or a container. */
export function dropTarget(
  { model, stage }: DesignerSession,
  type: NodeType,
  client: { x: number; y: number },
): { edge: EdgeId | null; container: NodeId | null } {
  const at = stage.view.current?.toCanvas(client.x, client.y);
  if (!at) return { edge: null, container: null };
  const layout = layoutOf(model.document);
  const edge = goesOnEdge(type) ? edgeAt(layout, at) : null;
  return { edge, container: edge === null && type.hasInput ? layout.containerAt(at) : null };
}

/** Whether a new node of a type can stand in the middle of an edge: something leads to it and on from it. */
export function goesOnEdge(type: NodeType): boolean {
  return type.hasInput && type.ports(type.defaultConfig()).some(({ kind }) => kind === 'normal');
}

/** Puts a node from the palette where it was dropped: into the edge there, or into the container there. */
export function dropNode(designer: DesignerSession, type: NodeType, client: { x: number; y: number }): void {
  const { may, model, stage } = designer;
  const view = stage.view.current;
  if (!view || !may.edit) return;
  const { edge } = dropTarget(designer, type, client);
  if (edge !== null) {
    model.insertOnEdge(edge, type);
    return;
  }
  const { place } = placeAt(model.document, type, view.toCanvas(client.x, client.y));
  const { parent } = place;
  // The first node of a container hangs on its body at once.
  const container = parent === null ? undefined : model.document.nodes.find(({ id }) => id === parent);
  const body =
    container && !model.document.nodes.some((node) => node.parent === parent)
      ? standardCatalogue
          .get(container.type)
          ?.ports(container.config)
          .find((port) => port.kind === 'inner')
      : undefined;
  model.selectNode(null);
  model.add(type, { place, ...(container && body && { from: { node: container.id, port: body.id } }) });
}

/** Centred on a point of the canvas, in the container there. */
function placeAt(document: WorkflowDocument, type: NodeType, at: { x: number; y: number }): { place: Place } {
  const layout = layoutOf(document);
  const parent = type.hasInput ? layout.containerAt(at) : null;
  const origin = parent === null ? { x: 0, y: 0 } : (layout.boxes.get(parent) ?? { x: 0, y: 0 });
  const size = nodeSize({ type: type.key, config: type.defaultConfig() });
  return {
    place: { parent, position: { x: snap(at.x - origin.x - size.width / 2), y: snap(at.y - origin.y - Math.min(size.height, 52) / 2) } },
  };
}

function snap(value: number): number {
  return Math.round(value / 4) * 4;
}
