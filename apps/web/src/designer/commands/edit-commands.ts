import { copySelection, cutSelection, duplicateSelection, pasteFromClipboard } from '../clipboard.ts';
import type { DesignerSession } from '../designer-session.ts';
import type { Command } from './command.ts';

export const nothingSelected =
  (words: string) =>
  ({ model }: DesignerSession): string | null =>
    model.selection.nodes.size + (model.selection.notes?.size ?? 0) === 0 ? words : null;

export const editCommands: readonly Command[] = [
  {
    id: 'edit.undo',
    title: ({ model }) => named('Undo', model.view.getState().undoLabel),
    group: 'Edit',
    keys: ['Mod+Z'],
    edits: true,
    refusal: ({ model }) => (model.view.getState().undoLabel === null ? 'Nothing to undo' : null),
    run: ({ model }) => model.undo(),
  },
  {
    id: 'edit.redo',
    title: ({ model }) => named('Redo', model.view.getState().redoLabel),
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    edits: true,
    refusal: ({ model }) => (model.view.getState().redoLabel === null ? 'Nothing to redo' : null),
    run: ({ model }) => model.redo(),
  },
  {
    id: 'edit.cut',
    title: 'Cut',
    group: 'Edit',
    keys: ['Mod+X'],
    keysIn: 'native',
    edits: true,
    menu: ['node', 'note', 'selection'],
    refusal: nothingSelected('Select nodes to cut'),
    run: (designer) => void cutSelection(designer),
  },
  {
    id: 'edit.copy',
    title: 'Copy',
    group: 'Edit',
    keys: ['Mod+C'],
    keysIn: 'native',
    menu: ['node', 'note', 'selection'],
    refusal: nothingSelected('Select nodes to copy'),
    run: (designer) => void copySelection(designer),
  },
  {
    id: 'edit.paste',
    title: 'Paste',
    group: 'Edit',
    keys: ['Mod+V'],
    keysIn: 'native',
    edits: true,
    menu: ['canvas', 'node', 'note', 'selection'],
    run: (designer, at) => void pasteFromClipboard(designer, at),
  },
  {
    id: 'edit.duplicate',
    title: 'Duplicate',
    group: 'Edit',
    words: 'copy again clone',
    keys: ['Mod+D'],
    edits: true,
    menu: ['node', 'note', 'selection'],
    refusal: nothingSelected('Select nodes to duplicate'),
    run: (designer) => duplicateSelection(designer),
  },
  {
    id: 'edit.delete',
    title: 'Delete',
    group: 'Edit',
    words: 'remove',
    keys: ['Delete', 'Backspace'],
    edits: true,
    menu: ['node', 'note', 'edge', 'selection'],
    refusal: ({ model: { document, selection } }) => {
      const notes = selection.notes?.size ?? 0;
      if (selection.nodes.size + selection.edges.size + notes === 0) return 'Select what to delete';
      const onlyStarts =
        notes === 0 && selection.edges.size === 0 && document.nodes.every(({ id, type }) => type === 'start' || !selection.nodes.has(id));
      return onlyStarts ? 'A workflow keeps its start' : null;
    },
    run: ({ model }) => model.deleteSelection(),
  },
];

function named(word: string, label: string | null): string {
  return label === null ? word : `${word}: ${label}`;
}
