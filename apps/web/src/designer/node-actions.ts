import type { NodeId } from '@perdure/graph';
import { titleField } from './designer-model.ts';
import type { MenuAt } from './designer-screen.ts';
import type { DesignerSession } from './designer-session.ts';

/** Opens the small list of node types below the selected node, or where the menu was opened on the bare canvas. */
export function openQuickAdd({ model, screen, stage }: DesignerSession, at?: MenuAt): void {
  const node = model.selectedNode;
  screen.setState({
    quickAdd: at && !node ? { client: at.client, canvas: at.canvas } : { client: stage.below(node?.id ?? null) },
  });
}

/** Selects a node, opens the containers around it, and puts it into the middle of the view. */
export function pickNode({ model, stage }: DesignerSession, node: NodeId): void {
  model.openAround(node);
  model.selectNode(node);
  stage.centre(model.document, node);
  stage.focus();
}

/** Goes to the title of the selected node, or writes in the selected note. */
export function rename({ model }: DesignerSession): void {
  if (model.selectedNote !== null) model.editNote(model.selectedNote);
  else if (model.selectedNode) model.showField(model.selectedNode.id, titleField);
}

/** Goes to the first field of the selected node's form. */
export function openSettings({ model }: DesignerSession): void {
  const control = document.querySelector('.ds-inspector-body input, .ds-inspector-body select, .ds-inspector-body .cm-content');
  if (control instanceof HTMLElement) control.focus();
  else if (model.selectedNode) model.showField(model.selectedNode.id, titleField);
}

/** Goes to the search of the palette. */
export function findNodeType({ screen }: DesignerSession): void {
  screen.setState({ left: 'nodes' });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.ds-palette input')?.focus());
}

/** Opens the outline and goes there; closes it when the focus is in it. */
export function toggleOutline({ screen, stage }: DesignerSession): void {
  if (screen.getState().left === 'outline') {
    screen.setState({ left: 'nodes' });
    stage.focus();
    return;
  }
  screen.setState({ left: 'outline' });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.ds-steps')?.focus());
}
