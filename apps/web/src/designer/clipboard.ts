import { copyFragment, pasteFragment, type NodeId, type WorkflowDocument } from '@perdure/graph';
import { toast } from '../components/toast.tsx';
import type { DesignerModel } from './designer-model.ts';
import { fitContainers } from './document-edits.ts';

/*
 * Copy and paste by the browser's own clipboard events: they need no permission, and the text is plain workflow JSON that can be
 * pasted into another tab, another workflow, a file or a chat.
 */

export function copyText(document: WorkflowDocument, chosen: ReadonlySet<NodeId>): string | null {
  const fragment = copyFragment(document, chosen);
  return fragment.nodes.length === 0 ? null : JSON.stringify(fragment, null, 2);
}

/** Beside the selection's own place, so that what was pasted does not hide what was copied. */
export function pasteText(model: DesignerModel, text: string, fallback: { x: number; y: number }, label = 'Paste'): void {
  const chosen = model.document.nodes.filter(({ id }) => model.selection.nodes.has(id));
  const left = Math.min(...chosen.map(({ position }) => position.x));
  const top = Math.min(...chosen.map(({ position }) => position.y));
  const place =
    chosen.length > 0
      ? { parent: chosen[0]?.parent ?? null, position: { x: left + 32, y: top + 32 } }
      : { parent: null, position: fallback };
  const result = pasteFragment(model.document, text, place);
  if (!result.ok) {
    toast({
      shape: 'failed',
      title: result.problems[0]?.title ?? 'Not workflow JSON',
      detail: result.problems[0]?.detail ?? 'Copy nodes on a canvas, or the JSON of a workflow.',
    });
    return;
  }
  if (result.pasted.length === 0) return;
  model.change(label, () => fitContainers(result.document), { select: result.pasted });
}
