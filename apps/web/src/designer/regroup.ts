import { standardCatalogue, type NodeType } from '@perdure/graph';
import { toast } from '../components/toast.tsx';
import type { DesignerSession } from './designer-session.ts';
import { containerTypes, groupNodes, ungroupNodes, type Regrouped } from './group-nodes.ts';

/** Asks for the kind of container, and puts the selection into one. A selection that no container can hold is told so before anything is asked. */
export function groupSelection(designer: DesignerSession): void {
  const { model, screen } = designer;
  const [probe] = containerTypes;
  const answer = probe && groupNodes(model.document, model.selection, probe);
  if (answer && !answer.ok) {
    sayRefused('Not grouped', answer.reason);
    return;
  }
  screen.setState({
    dialog: 'pick',
    pick: {
      title: 'Group into',
      placeholder: 'Kind of container',
      items: containerTypes.map((type) => ({
        id: type.key,
        label: type.label,
        detail: type.description,
        run: () => groupInto(designer, type),
      })),
    },
  });
}

function groupInto(designer: DesignerSession, type: NodeType): void {
  const { model } = designer;
  take(designer, `Group into ${type.label}`, groupNodes(model.document, model.selection, type), 'Not grouped');
}

export function ungroupSelection(designer: DesignerSession): void {
  const container = designer.model.selectedContainer;
  if (!container) return;
  const isDone = take(designer, 'Ungroup', ungroupNodes(designer.model.document, container.id), 'Not ungrouped');
  if (isDone && container.type !== 'scope')
    toast({
      shape: 'warning',
      title: 'Its steps run once now',
      detail: `They repeated in the ${standardCatalogue.get(container.type)?.label.toLowerCase() ?? 'container'}.`,
      action: { label: 'Undo', run: () => designer.model.undo() },
    });
}

function take({ model }: DesignerSession, label: string, answer: Regrouped, refusal: string): boolean {
  if (answer.ok) return model.change(label, () => answer.document, { select: answer.select });
  sayRefused(refusal, answer.reason);
  return false;
}

function sayRefused(title: string, detail: string): void {
  toast({ shape: 'warning', title, detail });
}
