import { KeySheet, type KeyGroup } from '../components/key-sheet.tsx';
import { goKeys, usePages } from '../shell/pages.ts';

const GROUPS: KeyGroup[] = [
  {
    group: 'The list',
    rows: [
      [[['J'], ['↓']], 'Next task'],
      [[['K'], ['↑']], 'Task before'],
      [[['Enter']], 'Into the form'],
      [[['Esc']], 'Back to the list'],
      [[['X']], 'Select the task'],
      [
        [
          ['Shift', 'J'],
          ['Shift', 'K'],
        ],
        'Select a range',
      ],
      [[['/']], 'Search'],
    ],
  },
  {
    group: 'The task',
    rows: [
      [[['A'], ['R'], ['…']], 'Choose the outcome, as its button says'],
      [[['Ctrl', 'Enter']], 'Choose the main outcome, also from a field'],
      [[['C']], 'Claim'],
      [[['U']], 'Release'],
      [[['D']], 'Delegate or assign'],
      [[['S']], 'Follow up'],
      [[['M']], 'Write a comment'],
    ],
  },
];

export function InboxKeys({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <KeySheet opened={opened} onClose={onClose} groups={[...GROUPS, goKeys(usePages())]} size={640}>
      Keys rest while you type. On a Mac, Cmd does what Ctrl does.
    </KeySheet>
  );
}
