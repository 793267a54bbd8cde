import { layoutOf } from '../../canvas/canvas-layout.ts';
import type { DesignerSession } from '../designer-session.ts';
import { newNoteSize } from '../note-edits.ts';
import { freeNotePlace } from '../note-places.ts';
import type { Command } from './command.ts';

export const noteCommands: readonly Command[] = [
  {
    id: 'note.add',
    title: 'Add a note',
    group: 'Edit',
    words: 'sticky comment remark text markdown',
    keys: ['N'],
    edits: true,
    menu: ['canvas'],
    run: addNote,
  },
];

/** Where the menu was opened; else in the middle of the view. A place inside an open container makes it part of that. */
function addNote({ model, screen, stage }: DesignerSession): void {
  const layout = layoutOf(model.document);
  const { menu } = screen.getState();
  const at = menu?.canvas ?? stage.visibleCentre();
  const parent = layout.containerAt({ x: at.x + newNoteSize.width / 2, y: at.y + 26 });
  const origin = layout.origin(parent);
  const wanted = { x: snap(at.x - origin.x), y: snap(at.y - origin.y), ...newNoteSize };
  // Where somebody pointed it goes; the middle of the view is nobody's choice.
  model.addNote({ parent, position: menu ? { x: wanted.x, y: wanted.y } : freeNotePlace(model.document, parent, wanted) });
}

function snap(value: number): number {
  return Math.round(value / 4) * 4;
}
