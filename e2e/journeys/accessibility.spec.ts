import { expect, test, type BrowserContext } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
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

for (const scheme of ['light', 'dark'] as const) {
  test(`no page or dialog has a serious fault for assistive technology, ${scheme}`, async ({ browser }) => {
    // Every page and dialog in one go.
    test.setTimeout(360_000);
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const open = async (path: string): Promise<void> => {
      await page.goto(perdure.origin + path);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
    };
    const check = (what: string) => test.step(what, () => expectNoSeriousFault(page, { what, scheme }));

    await open('/welcome');
    await expect(page.getByText('Two instances to look at')).toBeVisible();
    await check('welcome');

    await open('/workflows');
    await expect(page.getByRole('row', { name: /Order approval/ })).toBeVisible();
    await check('workflows');
    await page.getByRole('button', { name: 'New workflow…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('dialog: new workflow');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'New workflow…' })).toBeFocused();
    await page.getByRole('button', { name: 'Import…' }).click();
    await check('dialog: import');

    await open('/workflows/order-approval');
    await expect(page.getByRole('group', { name: /^Credit check, / })).toBeVisible();
    await check('designer');
    for (const title of ['Order received', 'Credit check', 'Does it need a person?', 'Approve order']) {
      await page.getByRole('group', { name: new RegExp(`^${title.replace('?', '\\?')}, `) }).click({ position: { x: 60, y: 12 } });
      await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
      await check(`designer: ${title} selected`);
    }
    await page.getByRole('region', { name: 'Canvas' }).focus();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('combobox').first()).toBeVisible();
    await check('designer: quick add');
    await page.keyboard.type('no such node');
    await expect(page.getByText('No node is called “no such node”.')).toBeVisible();
    await check('designer: quick add without an answer');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Run/ }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect(page.getByRole('dialog').getByLabel('Customer')).toBeVisible();
    await check('dialog: run');
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Canvas' }).focus();
    await page.keyboard.press('o');
    await expect(page.getByRole('tree', { name: 'Steps in the order they run in' })).toBeVisible();
    await check('designer: outline');

    await open('/instances');
    await expect(page.getByRole('link', { name: 'welcome-order' })).toBeVisible();
    await check('instances');
    await page.getByRole('button', { name: 'Start instance…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('dialog: start instance');

    for (const id of ['welcome-order', 'welcome-booking']) {
      await open(`/instances/${id}`);
      await expect(page.getByText(/^(Waiting|Completed)$/).first()).toBeVisible();
      await expect(page.getByRole('region', { name: /canvas/i })).toBeVisible();
      await check(`instance ${id}`);
    }
    await open('/instances/welcome-order');
    await page.getByRole('group', { name: /^Check stock, / }).click({ position: { x: 40, y: 10 } });
    await check('instance: a step');
    for (const name of ['Raise event…', 'Terminate…']) {
      await page.getByRole('button', { name }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await check(`dialog: ${name}`);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(page.getByRole('button', { name })).toBeFocused();
    }

    await open('/inbox');
    await expect(page.getByRole('button', { name: 'Approve', exact: true })).toBeVisible();
    await check('inbox');
    await page.keyboard.press('r');
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('dialog: reject');

    await open('/nowhere');
    await expect(page.getByText('There is no such page')).toBeVisible();
    await check('not found');
    await open('/instances/nowhere');
    await expect(page.getByRole('alert')).toBeVisible();
    await check('no such instance');
    await page.close();

    const stranger = await browser.newPage({ colorScheme: scheme });
    await stranger.goto(`${perdure.origin}/inbox`);
    await expect(stranger.getByRole('heading').first()).toBeVisible();
    await expectNoSeriousFault(stranger, { what: 'signed out', scheme });
    await stranger.close();
  });
}

test('designer by keyboard only: add, name, undo, open and leave a dialog', async () => {
  const answer = await context.request.post(`${perdure.origin}/api/workflows?code=${perdure.apiKey}`, {
    data: {
      key: 'by-keyboard',
      title: 'By keyboard',
      document: {
        formatVersion: 1,
        nodes: [{ id: 'start', type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} }],
        edges: [],
      },
    },
  });
  expect(answer.status()).toBe(201);
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows/by-keyboard`);
  await expect(page.getByText('Add the first step')).toBeVisible();
  const canvas = page.getByRole('region', { name: 'Canvas' });
  await canvas.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('timer');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: /^Timer, / })).toBeVisible();
  await expect(canvas).toBeFocused();
  await page.keyboard.press('F2');
  await page.keyboard.type('Cool down');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: /^Cool down, / })).toBeVisible();
  await canvas.focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('group', { name: /^Cool down, / })).toHaveCount(0);
  await page.keyboard.press('Control+Z');
  await expect(page.getByRole('group', { name: /^Cool down, / })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(canvas).toBeFocused();
  await page.close();
});
