import { useState } from 'react';
import { KeySheet, type KeyGroup } from '../components/key-sheet.tsx';
import { useKeys } from '../components/use-keys.ts';
import { goKeys, usePages } from './pages.ts';

/** The inbox and the designer say more than this about theirs. */
const OWN_SHEET = /^\/(inbox|workflows\/)/;

/** What keys do on the page, by `?`. */
export function PageKeys({ pathname }: { pathname: string }) {
  // Closed by itself when the page changes.
  const [openedOn, setOpenedOn] = useState<string | null>(null);
  const pages = usePages();
  useKeys(OWN_SHEET.test(pathname) ? {} : { '?': () => setOpenedOn(pathname) });
  const groups = KEYS.filter(({ on }) => on.test(pathname)).map(({ keys }) => keys);
  return (
    <KeySheet opened={openedOn === pathname} onClose={() => setOpenedOn(null)} groups={[...groups, goKeys(pages)]} size={640}>
      Keys rest while you type.
    </KeySheet>
  );
}

const KEYS: readonly { on: RegExp; keys: KeyGroup }[] = [
  {
    on: /^\/instances$/,
    keys: {
      group: 'The list',
      rows: [
        [[['J'], ['↓']], 'Next instance'],
        [[['K'], ['↑']], 'Instance before'],
        [[['Enter']], 'Open it'],
        [[['X']], 'Select it'],
        [[['Shift', 'X']], 'Select up to it'],
        [[['R']], 'Retry the selected'],
        [[['Esc']], 'Clear the selection'],
        [[['F']], 'Filter'],
        [[['/']], 'Search'],
      ],
    },
  },
  {
    on: /^\/instances\/[^/]+$/,
    keys: {
      group: 'The history',
      rows: [
        [[['←'], ['→']], 'One event back or on'],
        [
          [
            ['Shift', '←'],
            ['Shift', '→'],
          ],
          'Ten events',
        ],
        [[['Home']], 'The first event'],
        [[['End']], 'Now'],
        [[['Space']], 'Play, or stop'],
        [[['E']], 'Next failure'],
        [[['Shift', 'E']], 'Failure before'],
      ],
    },
  },
  { on: /^\/incidents\/[^/]+$/, keys: { group: 'The incident', rows: [[[['R']], 'Retry its instances']] } },
  { on: /^\/(workflows|settings\/audit)$/, keys: { group: 'The list', rows: [[[['/']], 'Search']] } },
];
