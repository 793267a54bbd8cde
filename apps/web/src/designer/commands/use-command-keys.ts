import { useEffect } from 'react';
import { isTyping } from '../../components/is-typing.ts';
import { clipboardCopy, clipboardPaste } from '../clipboard.ts';
import type { DesignerSession } from '../designer-session.ts';
import { refusalOf, type Command } from './command.ts';
import { commands } from './registry.ts';
import { matchesShortcut } from './shortcut.ts';

/** The keys of all commands, and the browser's clipboard events. Fields keep their own undo and clipboard. */
export function useCommandKeys(designer: DesignerSession): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const command = commands.find(({ keys, keysIn }) => keysIn !== 'native' && keys?.some((key) => matchesShortcut(key, event)));
      if (!command || !isFree(command, event, designer)) return;
      if (refusalOf(command, designer) === null) command.run(designer);
      // A refused F2 is the browser's; a refused Ctrl+D must not open a bookmark.
      else if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent): void => {
      if (!isTyping(event.target) && getSelection()?.isCollapsed !== false) clipboardCopy(designer, event);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (!isTyping(event.target)) clipboardPaste(designer, event);
    };

    window.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [designer]);
}

/** Whether the key is the command's here, and not a field's, a dialog's or a button's. */
function isFree({ keysIn = 'page' }: Command, event: KeyboardEvent, { model, screen }: DesignerSession): boolean {
  if (keysIn === 'always') return true;
  // One that was asked for and is not drawn yet must not let the next key through; one that is just fading away has no say any more.
  if (screen.getState().dialog !== null || document.activeElement?.closest('[role="dialog"]')) return false;
  if (keysIn === 'field') return true;
  if (event.defaultPrevented || isTyping(event.target)) return false;
  if (keysIn === 'page') return true;
  const target = event.target instanceof Element ? event.target : null;
  // Tab moves on, as everywhere, but from the canvas itself and from a selected node.
  if (event.key === 'Tab' && !target?.matches('.wf-focus') && (target === document.body || !model.selectedNode)) return false;
  // Letters mean the same on the row of a node in the outline; what walks and opens is the list's own.
  if (event.key.length === 1 && target?.closest('.ds-steps')) return true;
  return target === document.body || (Boolean(target?.closest('.wf-canvas')) && !(target instanceof HTMLButtonElement));
}
