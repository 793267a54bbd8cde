import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { createWorkflow, edges, openDesigner } from '../designer.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

const node = (id: string, type: string, title: string, x: number, y: number, config: object = {}) => ({
  id,
  type,
  title,
  parent: null,
  position: { x, y },
  config,
});

/** Three branches into a join, of which one may leave; and a few slips. */
const faulty = {
  nodes: [
    node('received', 'start', 'Order received', 300, 0),
    node('credit', 'timer', 'Credit check', 0, 120, { mode: 'for', value: '1m', extra: 1 }),
    node('lines', 'timer', 'Reserve stock', 300, 120, { mode: 'for', value: '1m', extra: 1 }),
    node('fraud', 'condition', 'Fraud score', 600, 120, {
      cases: [{ key: 'yes', label: 'Clear', when: 'input.ok' }],
      otherwiseLabel: 'Refused',
    }),
    node('all', 'join', 'Join', 348, 260, { mode: 'all' }),
    node('refuse', 'transform', 'Send refusal', 700, 340, { value: 1 }),
    node('done', 'end', 'Done', 300, 340, { value: { expr: 'steps.refuze.output' } }),
  ],
  edges: edges([
    'received > credit',
    'received > lines',
    'received > fraud',
    'credit > all',
    'lines > all',
    'fraud.yes > all',
    'fraud.otherwise > refuse',
    'all > done',
  ]),
};

test('a join that can wait forever is drawn with its way, explained, and fixed by one click that can be undone', async () => {
  const page = await open('soundness');
  const problems = page.getByRole('region', { name: 'Problems' });
  const join = problems.getByRole('listitem').filter({ hasText: 'Join can wait forever' });
  await expect(join).toContainText('When Fraud score ends in Refused, All of 3 never gets its third token.');

  await join.getByRole('button', { name: 'Show: Join can wait forever' }).click();
  await expect(page.locator('.react-flow__edge.mk-missing')).toHaveCount(1);
  await expect(page.getByRole('group', { name: 'Edge from Fraud score, Clear to Join' })).toHaveClass(/mk-missing/);
  await expect(page.locator('.react-flow__node.mk-cause')).toContainText('Fraud score');
  await expect(page.locator('.react-flow__node.mk-dim')).toContainText('Done');

  await join.getByRole('button', { name: 'Explain: Join can wait forever' }).click();
  await expect(join.getByText('A join waits for a token that never comes.')).toBeVisible();
  await expectNoSeriousFault(page);

  await join.getByRole('button', { name: 'Wait for 2 of 3' }).click();
  await expect(join).toHaveCount(0);
  await expect(page.locator('.mk-missing')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo: Wait for 2 of 3' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo: Wait for 2 of 3' }).click();
  await expect(join).toHaveCount(1);
  await page.close();
});

test('a misspelt name is replaced by the one that was meant; all of a kind are fixed at once; filters and arrows', async () => {
  const page = await open('slips');
  const problems = page.getByRole('region', { name: 'Problems' });
  await problems.getByRole('button', { name: 'Use steps.refuse' }).click();
  await expect(problems.getByText('Unknown step')).toHaveCount(0);

  const fields = problems.getByRole('listitem').filter({ hasText: 'Unknown field' });
  await expect(fields).toHaveCount(2);
  await fields.first().getByRole('button', { name: 'Explain: Unknown field' }).click();
  await fields.first().getByRole('button', { name: 'Fix all 2 of this kind' }).click();
  await expect(page.getByText('2 fixed at once')).toBeVisible();
  await expect(fields).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo: Fix all' }).click();
  await expect(fields).toHaveCount(2);

  await problems.getByRole('button', { name: 'By node' }).click();
  await expect(problems.getByRole('heading', { name: /^Credit check/ })).toBeVisible();
  await problems.getByRole('button', { name: /^\d+ errors$/ }).click();
  await expect(problems.getByText(/hidden by the filter/)).toBeVisible();
  await problems.getByRole('button', { name: 'Show all' }).click();
  await problems.getByRole('button', { name: 'By node' }).click();

  const shows = problems.getByRole('button', { name: /^Show: / });
  await shows.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(shows.nth(1)).toBeFocused();
  await page.close();
});

async function open(key: string): Promise<Page> {
  await createWorkflow(context, perdure, { key, ...faulty });
  const page = await openDesigner(context, perdure, key);
  await expect(page.getByRole('button', { name: /^Show: / }).first()).toBeVisible();
  return page;
}
