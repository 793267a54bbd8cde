import type { MenuAt } from '../designer-screen.ts';
import type { DesignerSession } from '../designer-session.ts';

/** In the order of the shortcut sheet and the command palette. */
export const commandGroups = ['Edit', 'Selection', 'Arrange', 'Move', 'View', 'Try', 'Workflow'] as const;
export type CommandGroup = (typeof commandGroups)[number];

/** What the context menu was opened on. */
export type MenuPlace = 'canvas' | 'node' | 'note' | 'edge' | 'selection';

/**
 * Something a person can do in the designer, said once: keys, the command palette, the shortcut sheet, the context menu and the tips of
 * buttons all read this.
 */
export interface Command {
  /** `area.verb`. */
  id: string;
  title: string | ((designer: DesignerSession) => string);
  group: CommandGroup;
  /** `Mod` is Ctrl, or Cmd on a Mac: `Mod+Shift+Z`. The first is the one that is shown. */
  keys?: readonly string[];
  /**
   * Where the keys work. Default `page`: anywhere on the page but in fields. `canvas`: only while the canvas has the focus. `field`: in
   * fields, too. `always`: even in dialogs. `native`: the browser's own event brings them (copy, cut, paste).
   */
  keysIn?: 'page' | 'canvas' | 'field' | 'always' | 'native';
  /** Other words people look for it by. */
  words?: string;
  /** In which context menus it stands. */
  menu?: readonly MenuPlace[];
  /** It changes the document: refused to whoever may only look. */
  edits?: boolean;
  /** Too small a thing for the command palette: moving the selection by an arrow. */
  keysOnly?: boolean;
  /** Why it does nothing now, in words; null when it does something. */
  refusal?(designer: DesignerSession): string | null;
  /** `at`: where the context menu stood, when it was picked there. */
  run(designer: DesignerSession, at?: MenuAt): void;
}

export function titleOf(command: Command, designer: DesignerSession): string {
  return typeof command.title === 'string' ? command.title : command.title(designer);
}

export function refusalOf(command: Command, designer: DesignerSession): string | null {
  if (command.edits && !designer.may.edit) return 'Your role may look at this workflow, not change it';
  return command.refusal?.(designer) ?? null;
}
