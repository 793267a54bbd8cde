import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { createWorkflow, openDesigner } from '../designer.ts';
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
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });

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

test('what is compared stands in the address: a reload and a link show it again, notes with their marks', async () => {
  const note = (id: string, text: string, x: number) => ({
    id,
    text,
    parent: null,
    position: { x, y: 0 },
    size: { width: 200, height: 90 },
  });
  const first = { ...document('Cool down', '1h'), notes: [note('kept', 'Why it waits', 300), note('gone', 'Only at first', 560)] };
  await createWorkflow(context, perdure, { key: 'noted', nodes: first.nodes });
  const put = (baseRevision: number, given: object) =>
    context.request.put(`${perdure.origin}/api/workflows/noted/draft?code=${perdure.apiKey}`, { data: { baseRevision, document: given } });
  expect((await put(1, first)).status()).toBe(200);
  expect((await context.request.post(`${perdure.origin}/api/workflows/noted/publish?code=${perdure.apiKey}`)).status()).toBe(200);
  const second = { ...first, notes: [note('kept', 'Why it waits an hour', 300), note('new', 'Added since', 820)] };
  expect((await put(2, second)).status()).toBe(200);

  const page = await openDesigner(context, perdure, 'noted');
  await page.getByRole('button', { name: 'Versions' }).click();
  await expect(page).toHaveURL(/\?version=draft$/);
  const versions = page.getByRole('dialog', { name: 'Versions' });
  await expect(versions.getByRole('region', { name: 'Changes' })).toContainText('1 added, 1 removed, 1 changed');
  await expect(versions.locator('.mk-changed').getByText('Why it waits an hour')).toBeVisible();
  await expect(versions.locator('.mk-removed').getByText('Only at first')).toBeVisible();
  await versions.getByRole('group', { name: 'Note: Added since' }).click();
  await expect(versions.getByRole('region', { name: 'Change: Added since' })).toBeVisible();

  await versions.getByRole('navigation', { name: 'Versions' }).getByRole('button', { name: /^v1/ }).click();
  await versions.getByRole('button', { name: 'Only v1' }).click();
  await expect(page).toHaveURL(/version=1&whole=true$/);
  await page.reload();
  await expect(versions.getByRole('group', { name: 'Note: Only at first' })).toBeVisible();
  await expect(versions.getByRole('button', { name: 'Only v1' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(versions).toHaveCount(0);
  await expect(page).toHaveURL(/\/workflows\/noted$/);
  await page.goto(`${perdure.origin}/workflows/noted?version=draft&from=1`);
  await expect(versions.getByRole('region', { name: 'Changes' })).toContainText('1 added, 1 removed, 1 changed');
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
  await expectNoSeriousFault(mine, { part: '[role="dialog"]' });
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
