import { titleField } from './designer-model.ts';
import type { DesignerSession } from './designer-session.ts';

/** Opens the small list of node types below the selected node. */
export function openQuickAdd({ model, screen, stage }: DesignerSession): void {
  screen.setState({ quickAdd: { client: stage.below(model.selectedNode?.id ?? null) } });
}

export function rename({ model }: DesignerSession): void {
  if (model.selectedNode) model.showField(model.selectedNode.id, titleField);
}

/** Goes to the first field of the selected node's form. */
export function openSettings({ model }: DesignerSession): void {
  const control = document.querySelector('.ds-inspector-body input, .ds-inspector-body select, .ds-inspector-body .cm-content');
  if (control instanceof HTMLElement) control.focus();
  else if (model.selectedNode) model.showField(model.selectedNode.id, titleField);
}
