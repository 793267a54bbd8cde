import type { Me, Permission } from '@perdure/server/contract';
import { expect, test } from 'vitest';
import { type Deed, refusalIn } from './use-refusal.ts';

const me = (...grants: [folder: string, ...permissions: Permission[]][]): Me => ({
  user: { id: 'u', name: 'U', email: 'u@example.com' },
  groups: [],
  grants: grants.map(([folder, ...permissions]) => ({ role: null, folder, permissions })),
  permissions: [...new Set(grants.flatMap(([, ...permissions]) => permissions))],
  installation: { version: '', postgres: '', redis: '', workers: 0, demoServices: false, mail: false },
});

test.each<[what: string, me: Me, deed: Deed, folder: string | null, refusal: string | null]>([
  ['for all workflows', me(['', 'workflow.edit']), 'workflow.edit', 'finance', null],
  ['in its folder', me(['finance', 'workflow.edit']), 'workflow.edit', 'finance', null],
  ['in a folder inside', me(['finance', 'workflow.edit']), 'workflow.edit', 'finance/orders', null],
  [
    'in one that only begins alike',
    me(['finance', 'workflow.edit']),
    'workflow.edit',
    'finances',
    'You may look at workflows in finances, not change them',
  ],
  [
    'above',
    me(['finance/orders', 'instance.operate']),
    'instance.operate',
    'finance',
    'You may look at instances in finance, not operate them',
  ],
  [
    'outside of folders',
    me(['finance', 'instance.start']),
    'instance.start',
    '',
    'You may look at workflows outside of folders, not start them',
  ],
  ['somewhere', me(['finance', 'instance.purge']), 'instance.purge', null, null],
  ['nowhere', me(['', 'instance.read']), 'instance.purge', null, 'Your role may not purge instances'],
  ['nowhere, asked for a folder', me(['', 'instance.read']), 'workflow.publish', 'finance', 'Your role may not publish'],
])('%s', (_, who, deed, folder, refusal) => {
  expect(refusalIn(who, deed, folder)).toBe(refusal);
});
