import { copyFragment, holdBack, pasteFragment, type Fragment, type WorkflowDocument } from '@perdure/graph';
import { emptySelection, type Selection } from '../canvas/graph-canvas.tsx';
import { toast } from '../components/toast.tsx';
import type { MenuAt } from './designer-screen.ts';
import type { DesignerSession } from './designer-session.ts';
import { fitContainers } from './document-edits.ts';

/*
 * Copy and paste as plain workflow JSON that can be pasted into another tab, another workflow, a file or a chat. By key, the browser's own
 * clipboard events bring the text and need no permission; from a menu the clipboard is asked for, which the browser may refuse. What schemas
 * mark as sensitive does not travel, and that is told.
 */

export function clipboardCopy(designer: DesignerSession, event: ClipboardEvent): void {
  const { model } = designer;
  const text = textToTravel(model.document, model.selection);
  if (text === null) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (event.type === 'cut') model.deleteSelection();
}

export function clipboardPaste(designer: DesignerSession, event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (text.trim() === '') return;
  event.preventDefault();
  pasteText(designer, text);
}

export async function copySelection({ model }: DesignerSession): Promise<boolean> {
  const text = textToTravel(model.document, model.selection);
  if (text === null) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast({ shape: 'warning', title: 'Not copied', detail: 'This browser gives the clipboard only to Ctrl+C.' });
    return false;
  }
}

export async function cutSelection(designer: DesignerSession): Promise<void> {
  if (await copySelection(designer)) designer.model.deleteSelection();
}

export async function pasteFromClipboard(designer: DesignerSession, at?: MenuAt): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    toast({ shape: 'warning', title: 'Not pasted', detail: 'This browser gives the clipboard only to Ctrl+V.' });
    return;
  }
  if (text.trim() === '') toast({ shape: 'warning', title: 'Nothing to paste', detail: 'The clipboard holds no text.' });
  else pasteText(designer, text, { ...(at && { at: at.canvas }) });
}

export function duplicateSelection(designer: DesignerSession): void {
  const { model } = designer;
  const fragment = fragmentOf(model.document, model.selection);
  if (fragment !== null) pasteText(designer, JSON.stringify(fragment), { label: 'Duplicate' });
}

function fragmentOf(document: WorkflowDocument, { nodes, notes = new Set() }: Selection): Fragment | null {
  const fragment = copyFragment(document, nodes, notes);
  return fragment.nodes.length === 0 && !fragment.notes ? null : fragment;
}

function textToTravel(document: WorkflowDocument, selection: Selection): string | null {
  const fragment = fragmentOf(document, selection);
  if (fragment === null) return null;
  const travelling = fragment.nodes.map(holdBack);
  const held = new Set(travelling.flatMap((one) => one.held));
  if (held.size > 0)
    toast({
      shape: 'warning',
      title: held.size === 1 ? 'One sensitive value held back' : `${held.size} sensitive values held back`,
      detail: `The copy has no value for ${[...held].join(', ')}.`,
    });
  return JSON.stringify({ ...fragment, nodes: travelling.map(({ node }) => node) }, null, 2);
}

/** Beside the selection's own place, so that what was pasted does not hide what was copied. */
function pasteText(
  { model, stage }: DesignerSession,
  text: string,
  { label = 'Paste', at = stage.visibleCentre() }: { label?: string; at?: { x: number; y: number } } = {},
): void {
  const { nodes, notes } = model.selection;
  const chosen = [
    ...model.document.nodes.filter(({ id }) => nodes.has(id)),
    ...(model.document.notes ?? []).filter(({ id }) => notes?.has(id)),
  ];
  const left = Math.min(...chosen.map(({ position }) => position.x));
  const top = Math.min(...chosen.map(({ position }) => position.y));
  const place =
    chosen.length > 0
      ? { parent: chosen[0]?.parent ?? null, position: { x: left + 32, y: top + 32 } }
      : { parent: null, position: { x: Math.round(at.x), y: Math.round(at.y) } };
  const result = pasteFragment(model.document, text, place);
  if (!result.ok) {
    toast({
      shape: 'failed',
      title: result.problems[0]?.title ?? 'Not workflow JSON',
      detail: result.problems[0]?.detail ?? 'Copy nodes on a canvas, or the JSON of a workflow.',
    });
    return;
  }
  if (result.pasted.length + result.pastedNotes.length === 0) return;
  if (model.change(label, () => fitContainers(result.document)))
    model.select({ ...emptySelection, nodes: new Set(result.pasted), notes: new Set(result.pastedNotes) });
}
