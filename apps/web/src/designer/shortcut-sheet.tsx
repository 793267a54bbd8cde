import { KeySheet, type KeyGroup } from '../components/key-sheet.tsx';
import { Kbd } from '../components/kbd.tsx';
import { goKeys, usePages } from '../shell/pages.ts';
import { commandGroups, titleOf } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { keyNames } from './commands/shortcut.ts';
import { useDesigner } from './use-designer.ts';

/** What no command stands for, because the hand does it. */
const byHand: KeyGroup['rows'] = [
  [[['Drag']], 'Move the canvas'],
  [[['Wheel']], 'Zoom in and out'],
  [[['Shift', 'Drag']], 'Select everything in a frame'],
  [[['Shift', 'Click']], 'Add to the selection'],
  [[['Drag from a port']], 'Connect, or add the next node where nothing is'],
  [[['Double click']], 'Rename a node'],
];

/** Every key of the designer, from the registry of its commands. */
export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const designer = useDesigner();
  const groups = commandGroups.map((group): KeyGroup => ({
    group,
    rows: commands
      .filter((command) => command.group === group && command.keys !== undefined)
      .map((command) => [(command.keys ?? []).map(keyNames), plainTitle(titleOf(command, designer))]),
  }));
  return (
    <KeySheet opened={opened} onClose={onClose} groups={[...groups, { group: 'By hand', rows: byHand }, goKeys(usePages())]}>
      On a Mac, Cmd does what Ctrl does. <Kbd>Ctrl</Kbd> <Kbd>K</Kbd> finds every command by its name.
    </KeySheet>
  );
}

/** A key does what its command does at any time: what it would do just now is left out. */
function plainTitle(title: string): string {
  return title.replace(/: .*$/, '').replace(/…$/, '');
}
