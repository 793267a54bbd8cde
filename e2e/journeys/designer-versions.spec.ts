import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { createWorkflow, expectAccessible, openDesigner } from '../designer.ts';
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

const document = (title: string, wait: string) => ({
  formatVersion: 1,
  nodes: [
    { id: 'start', type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} },
    { id: 'wait', type: 'timer', title, parent: null, position: { x: 0, y: 100 }, config: { mode: 'for', value: wait } },
    { id: 'end', type: 'end', title: 'End', parent: null, position: { x: 0, y: 200 }, config: {} },
  ],
  edges: [
    { id: 'a', source: 'start', sourcePort: 'out', target: 'wait' },
    { id: 'b', source: 'wait', sourcePort: 'out', target: 'end' },
  ],
});

test('publish with a name, compare, see what runs on which version, restore, undo', async () => {
  const page = await create('named', document('Cool down', '30d'));
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const publish = page.getByRole('dialog', { name: 'Publish v1?' });
  await publish.getByLabel('Name').fill('First');
  await publish.getByLabel('Note').fill('Waits a month');
  await publish.getByRole('button', { name: 'Publish v1' }).click();
  await expect(page.getByText('Published as v1')).toBeVisible();
  const started = await context.request.post(`${perdure.origin}/runtime/webhooks/durabletask/orchestrators/named?code=${perdure.apiKey}`, {
    data: {},
  });
  expect(started.status()).toBe(202);

  await rename(page, 'Cool down', 'Cool off');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const second = page.getByRole('dialog', { name: 'Publish v2?' });
  await expect(second.getByRole('region', { name: 'Changes since v1' })).toContainText('1 changed');
  await second.getByRole('button', { name: 'Publish v2' }).click();
  await expect(page.getByText('Published as v2')).toBeVisible();

  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('dialog', { name: 'Versions' });
  const list = versions.getByRole('navigation', { name: 'Versions' });
  await expect(list.getByRole('listitem').filter({ hasText: 'First' })).toContainText('Waits a month');
  await expect(list.getByRole('link', { name: '1 running on it' })).toHaveAttribute('href', /version=1/);
  await expect(versions.getByRole('region', { name: 'Changes' })).toContainText('1 changed');
  await page.keyboard.press('n');
  const change = versions.getByRole('region', { name: 'Change: Cool off' });
  await expect(change.getByRole('group', { name: 'Before' })).toContainText('Cool down');
  await expect(change.getByRole('group', { name: 'After' })).toContainText('Cool off');
  await expect(versions.locator('.react-flow__node.mk-changed')).toContainText('Cool off');
  await expectAccessible(page, '[role="dialog"]');

  await list.getByRole('button', { name: 'Name and note of v2…' }).click();
  const described = page.getByRole('dialog', { name: 'v2' });
  await described.getByLabel('Name').fill('Second');
  await described.getByRole('button', { name: 'Save' }).click();
  await expect(list.getByText('Second')).toBeVisible();

  await list.getByRole('button', { name: /^v1/ }).click();
  await expect(versions.getByRole('group', { name: /^Cool down, / })).toBeVisible();
  await versions.getByRole('button', { name: 'Restore v1 as draft' }).click();
  await expect(page.getByRole('group', { name: /^Cool down, / })).toBeVisible();
  await page.getByRole('button', { name: 'Undo: Restore v1' }).click();
  await expect(page.getByRole('group', { name: /^Cool off, / })).toBeVisible();
  await page.close();
});

test('two people on one draft: what differs is shown, and changes of different nodes are merged', async () => {
  const mine = await create('shared', document('Cool down', '1h'));
  const theirs = await context.newPage();
  await theirs.goto(mine.url());
  await rename(theirs, 'Cool down', 'Their wait');
  await rename(mine, 'End', 'My end');
  const dialog = mine.getByRole('dialog', { name: 'The draft has changed' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'What they changed' }).click();
  await expect(dialog.getByRole('region', { name: 'Changes' })).toContainText('Their wait');
  await dialog.getByRole('button', { name: 'What you changed' }).click();
  await expect(dialog.getByRole('region', { name: 'Changes' })).toContainText('My end');
  await expectAccessible(mine, '[role="dialog"]');
  await dialog.getByRole('button', { name: 'Merge both' }).click();
  await expect(mine.getByRole('group', { name: /^Their wait, / })).toBeVisible();
  await expect(mine.getByRole('group', { name: /^My end, / })).toBeVisible();
  await expect(mine.getByText(/^Saved/)).toBeVisible();
  await theirs.close();
  await mine.close();
});

test('two people on one node: merging is refused with the reason', async () => {
  const mine = await create('clash', document('Cool down', '1h'));
  const theirs = await context.newPage();
  await theirs.goto(mine.url());
  await rename(theirs, 'Cool down', 'Their wait');
  await rename(mine, 'Cool down', 'My wait');
  const dialog = mine.getByRole('dialog', { name: 'The draft has changed' });
  await expect(dialog.getByRole('note')).toContainText('Both sides changed it.');
  await expect(dialog.getByRole('button', { name: 'Merge both' })).toHaveAttribute('aria-disabled', 'true');
  const [download] = await Promise.all([
    mine.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Use theirs, keep mine as a file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('clash-mine.perdure.json');
  await expect(mine.getByRole('group', { name: /^Their wait, / })).toBeVisible();
  await theirs.close();
  await mine.close();
});

async function create(key: string, given: ReturnType<typeof document>): Promise<Page> {
  await createWorkflow(context, perdure, { key, ...given });
  const page = await openDesigner(context, perdure, key);
  await expect(page.getByRole('group', { name: /^End, / })).toBeVisible();
  return page;
}

async function rename(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('group', { name: new RegExp(`^${from}, `) }).click({ position: { x: 60, y: 12 } });
  const title = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Title' }).first();
  await title.fill(to);
  await title.press('Enter');
  await expect(page.getByRole('group', { name: new RegExp(`^${to}, `) })).toBeVisible();
  await expect(page.getByText(/^Saved|^Not saved/)).toBeVisible();
}
