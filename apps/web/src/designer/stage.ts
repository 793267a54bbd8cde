import type { NodeId, NoteId, WorkflowDocument } from '@perdure/graph';
import { layoutOf } from '../canvas/canvas-layout.ts';
import type { CanvasView } from '../canvas/react-flow.ts';

interface Point {
  x: number;
  y: number;
}

/** The canvas as it stands on the screen, for commands and panels that are not part of it. Without a canvas everything does nothing. */
export class Stage {
  readonly view: { current: CanvasView | null } = { current: null };
  readonly area: { current: HTMLDivElement | null } = { current: null };

  focus(): void {
    this.area.current?.querySelector<HTMLElement>('.wf-focus')?.focus({ preventScroll: true });
  }

  zoom(by: 'in' | 'out' | 'reset'): void {
    const view = this.view.current;
    if (by === 'in') view?.zoomIn();
    else if (by === 'out') view?.zoomOut();
    else view?.zoomTo(1);
  }

  /** Everything, or these nodes, as large as fits. */
  show(document: WorkflowDocument, options: { only?: ReadonlySet<NodeId>; fromTop?: boolean; instantly?: boolean } = {}): void {
    const { only, ...how } = options;
    this.view.current?.show(layoutOf(document).bounds(only), how);
  }

  /** Brings a node into view only when it is not in it: the canvas should not jump under somebody's hands. */
  reveal(document: WorkflowDocument, node: NodeId): void {
    const view = this.view.current;
    const box = layoutOf(document).boxes.get(node);
    if (!view || !box) return;
    const seen = view.visible();
    const isIn =
      box.x >= seen.x &&
      box.y >= seen.y &&
      box.x + box.width <= seen.x + seen.width &&
      box.y + box.height <= seen.y + seen.height - 70 / view.zoom();
    if (!isIn) view.center(box.x + box.width / 2, box.y + box.height / 2);
  }

  /** Puts a node into the middle of the view. */
  centre(document: WorkflowDocument, node: NodeId): void {
    const box = layoutOf(document).boxes.get(node);
    if (box) this.view.current?.center(box.x + box.width / 2, box.y + box.height / 2);
  }

  /** Puts a note into the middle of the view. */
  showNote(document: WorkflowDocument, id: NoteId): void {
    const note = document.notes?.find((one) => one.id === id);
    if (!note) return;
    const origin = note.parent === null ? undefined : layoutOf(document).boxes.get(note.parent);
    const { x, y } = note.position;
    this.view.current?.center((origin?.x ?? 0) + x + note.size.width / 2, (origin?.y ?? 0) + y + note.size.height / 2);
  }

  /** Where something put into the middle of the view goes. */
  visibleCentre(): Point {
    const { x, y, width, height } = this.view.current?.visible() ?? { x: 0, y: 0, width: 0, height: 0 };
    return { x: Math.round(x + width / 2 - 108), y: Math.round(y + height / 3) };
  }

  /** In the window: below a node, or near the top of the canvas when it is not drawn. */
  below(node: NodeId | null): Point {
    const drawn =
      node === null
        ? undefined
        : this.area.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.getBoundingClientRect();
    if (drawn) return { x: drawn.left, y: drawn.bottom + 12 };
    const box = this.area.current?.getBoundingClientRect();
    return { x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - 130, y: (box?.top ?? 0) + 80 };
  }
}
