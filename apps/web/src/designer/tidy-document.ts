import type { GraphNode, NodeId, WorkflowDocument } from '@perdure/graph';
import { toastError } from '../components/toast.tsx';
import { selectionRoots } from './arrange-nodes.ts';
import type { DesignerSession } from './designer-session.ts';
import { fitContainers, withContent } from './document-edits.ts';
import { followNodes } from './note-places.ts';
import { tidy, type Places } from './tidy.ts';

/** Lays the workflow out anew, as one step to undo. */
export async function tidyDocument(designer: DesignerSession): Promise<void> {
  const { model, stage } = designer;
  const places = await layOut(designer, model.document);
  if (!places) return;
  model.change('Tidy', (before) => applyPlaces(before, places));
  requestAnimationFrame(() => stage.show(model.document, { fromTop: true }));
}

/** Lays out what is selected and what is inside it; everything else stays where it is. */
export async function tidySelection(designer: DesignerSession): Promise<void> {
  const { model } = designer;
  const chosen = model.selection.nodes;
  const part = partOf(model.document, chosen);
  const places = await layOut(designer, part);
  if (places) model.change('Tidy the selection', (before) => applyPlaces(before, anchored(part, places)));
}

/** The selection as a document of its own, at the top level. */
export function partOf(document: WorkflowDocument, chosen: ReadonlySet<NodeId>): WorkflowDocument {
  const roots = new Set(selectionRoots(document, chosen).map(({ id }) => id));
  const all = withContent(document, roots);
  return {
    formatVersion: 1,
    nodes: document.nodes.filter(({ id }) => all.has(id)).map((node) => (roots.has(node.id) ? { ...node, parent: null } : node)),
    edges: document.edges.filter(({ source, target }) => all.has(source) && all.has(target)),
  };
}

/** Layouts begin at the origin: the topmost node keeps its place instead, and the others stand around it. */
export function anchored(part: WorkflowDocument, places: Places): Places {
  const roots = part.nodes.filter(({ parent }) => parent === null);
  const anchor = roots.toSorted(byPlace)[0];
  const at = anchor && places.get(anchor.id);
  if (!anchor || !at) return places;
  const shift = { x: anchor.position.x - at.position.x, y: anchor.position.y - at.position.y };
  const moved = new Map(places);
  for (const { id } of roots) {
    const place = places.get(id);
    if (place) moved.set(id, { ...place, position: { x: place.position.x + shift.x, y: place.position.y + shift.y } });
  }
  return moved;
}

function byPlace(a: GraphNode, b: GraphNode): number {
  return a.position.y - b.position.y || a.position.x - b.position.x;
}

export function applyPlaces(document: WorkflowDocument, places: Places): WorkflowDocument {
  const laidOut = fitContainers({
    ...document,
    nodes: document.nodes.map((node) => {
      const place = places.get(node.id);
      return place ? { ...node, position: place.position, ...(place.size && { size: place.size }) } : node;
    }),
  });
  return followNodes(document, laidOut);
}

/** Null: it failed, and was said so. A node that went into another container meanwhile has no place any more. */
async function layOut({ model, state }: DesignerSession, part: WorkflowDocument): Promise<Places | null> {
  const { document } = model;
  state.setState({ tidying: true });
  try {
    const places = await tidy(part);
    const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
    const stayed = model.document.nodes.filter(({ id, parent }) => parents.get(id) === parent);
    const ids = new Set(stayed.map(({ id }) => id));
    return new Map([...places].filter(([id]) => ids.has(id)));
  } catch (error) {
    toastError(error);
    return null;
  } finally {
    state.setState({ tidying: false });
  }
}
