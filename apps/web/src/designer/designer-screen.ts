import type { EdgeId, NodeId, PortId, Problem } from '@perdure/graph';
import { createStore, type StoreApi } from 'zustand';
import type { CanvasTool } from '../canvas/graph-canvas.tsx';
import type { PickItem } from '../components/pick-dialog.tsx';
import type { MenuPlace } from './commands/command.ts';
import type { DialogName } from './designer-dialogs.tsx';

/** Where the next node goes when it is picked from the small list. */
export interface QuickAddAt {
  client: { x: number; y: number };
  from?: { node: NodeId; port: PortId };
  canvas?: { x: number; y: number };
  edge?: EdgeId;
}

/** Where the context menu was opened: in the window and on the canvas. */
export interface MenuAt {
  client: { x: number; y: number };
  canvas: { x: number; y: number };
}

/** The one place that says what is open over and beside the canvas. */
export interface DesignerScreen {
  dialog: DialogName | null;
  /** What the dialog `pick` offers. */
  pick: { title: string; placeholder: string; none?: string; items: readonly PickItem[] } | null;
  /** Where the dialog `tryStep` begins a run. */
  tryStep: { node: NodeId; only: boolean } | null;
  /** What the dialog `import` begins with: the file that was dropped. */
  importText: string;
  quickAdd: QuickAddAt | null;
  menu: (MenuAt & { place: MenuPlace }) | null;
  /** The key of the node type that is being dragged out of the palette. */
  dragged: string | null;
  /** Null: closed. Another number each time it is asked for, so that asking again comes back to it. */
  find: number | null;
  /** What stands at the left: the palette, or the workflow as a list. */
  left: 'nodes' | 'outline';
  /** The problems below the canvas are shown in full. */
  drawerOpen: boolean;
  /** The problem that is drawn on the canvas: asked for by Show, or looked at in the list. */
  problem: { shown: Problem | null; hovered: Problem | null };
  /** What a drag on the empty canvas does. */
  tool: CanvasTool;
}

export function createScreen(): StoreApi<DesignerScreen> {
  return createStore<DesignerScreen>(() => ({
    dialog: null,
    pick: null,
    tryStep: null,
    importText: '',
    quickAdd: null,
    menu: null,
    dragged: null,
    find: null,
    left: 'nodes',
    drawerOpen: true,
    problem: noProblem,
    tool: 'pan',
  }));
}

/** Nothing is drawn. */
export const noProblem: DesignerScreen['problem'] = { shown: null, hovered: null };
