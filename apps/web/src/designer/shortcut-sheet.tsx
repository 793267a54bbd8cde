import { Modal } from '@mantine/core';
import { Kbd } from '../components/kbd.tsx';
import { useFocusReturn } from '../components/use-focus-return.ts';
import { commandGroups, titleOf } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { keyNames } from './commands/shortcut.ts';
import './commands/commands.css';
import { useDesigner } from './use-designer.ts';

/** What no command stands for, because the hand does it. */
const byHand: readonly [string[], string][] = [
  [['Drag'], 'Move the canvas'],
  [['Wheel'], 'Zoom in and out'],
  [['Shift', 'Drag'], 'Select everything in a frame'],
  [['Shift', 'Click'], 'Add to the selection'],
  [['Drag from a port'], 'Connect, or add the next node where nothing is'],
  [['Double click'], 'Rename a node'],
];

const elsewhere: readonly [string[], string][] = [
  [['G', 'W'], 'Go to the workflows'],
  [['G', 'R'], 'Go to the instances'],
  [['G', 'E'], 'Go to the entities'],
  [['G', 'I'], 'Go to the inbox'],
];

/** Every key of the designer, from the registry of its commands. */
export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const designer = useDesigner();
  useFocusReturn(opened);
  const groups = commandGroups.map((group): { group: string; rows: [string[][], string][] } => ({
    group,
    rows: commands
      .filter((command) => command.group === group && command.keys !== undefined)
      .map((command) => [(command.keys ?? []).map(keyNames), plainTitle(titleOf(command, designer))]),
  }));
  const rest = [
    { group: 'By hand', rows: byHand.map(([keys, words]): [string[][], string] => [[keys], words]) },
    { group: 'Pages', rows: elsewhere.map(([keys, words]): [string[][], string] => [[keys], words]) },
  ];
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size={880} returnFocus={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="ds-sheet">
        {[...groups, ...rest]
          .filter(({ rows }) => rows.length > 0)
          .map(({ group, rows }) => (
            <section key={group} aria-label={group}>
              <h3>{group}</h3>
              <dl>
                {rows.map(([combinations, words]) => (
                  <div key={words}>
                    <dt>{words}</dt>
                    <dd>
                      {combinations.map((keys, i) => (
                        <span key={keys.join('+')} className="row g4">
                          {i > 0 ? <span className="s12 t3">or</span> : null}
                          {keys.map((key) => (
                            <span key={key} className="kbd">
                              {key}
                            </span>
                          ))}
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <p className="s12 t3 ds-sheet-foot">
        On a Mac, Cmd does what Ctrl does. <Kbd>Ctrl</Kbd> <Kbd>K</Kbd> finds every command by its name.
      </p>
    </Modal>
  );
}

/** A key does what its command does at any time: what it would do just now is left out. */
function plainTitle(title: string): string {
  return title.replace(/: .*$/, '').replace(/…$/, '');
}
