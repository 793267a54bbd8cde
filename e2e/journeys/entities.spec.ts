import { expect, test, type BrowserContext, type Page } from '@playwright/test';
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

test('an entity type is defined, used by a workflow with a lock, run, and its state and history are seen', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/entities?tab=types`);
  await page.getByRole('button', { name: 'New entity type…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('Stock');
  await dialog.getByLabel('Kind').selectOption('Own operations');
  await dialog.getByRole('button', { name: 'Create' }).click();

  // Version 1 is there; a mistake is marked where it stands and cannot be saved.
  await expect(page.getByText('v1', { exact: true })).toBeVisible();
  const save = page.getByRole('button', { name: 'Save', exact: true });
  const newState = page.getByRole('textbox', { name: 'New state of add' });
  await newState.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "total": state.total + ');
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('group', { name: 'New state of add' }).locator('.ds-fault')).toBeVisible();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "total": state.total + 2 * input }');
  await save.click();
  await expect(page.getByText('v2', { exact: true })).toBeVisible();

  const document = {
    formatVersion: 1,
    nodes: [
      { id: 'start', type: 'start', title: 'Start', parent: null, position: { x: 300, y: 40 }, config: {} },
      {
        id: 'section',
        type: 'scope',
        title: 'Section',
        parent: null,
        position: { x: 240, y: 120 },
        config: { catches: [], locks: [{ entity: 'stock', key: 'apples' }] },
      },
      {
        id: 'add',
        type: 'entity',
        title: 'Add',
        parent: 'section',
        position: { x: 60, y: 80 },
        config: { entity: 'stock', key: 'apples', operation: 'add', input: 21, mode: 'call' },
      },
      { id: 'end', type: 'end', title: 'End', parent: null, position: { x: 300, y: 420 }, config: {} },
    ],
    edges: [
      { id: 'e1', source: 'start', sourcePort: 'out', target: 'section' },
      { id: 'e2', source: 'section', sourcePort: 'body', target: 'add' },
      { id: 'e3', source: 'section', sourcePort: 'out', target: 'end' },
    ],
  };
  await api(page, 'POST', '/api/workflows', { key: 'restock', title: 'Restock', document });

  // The inspector offers what exists.
  await page.goto(`${perdure.origin}/workflows/restock`);
  await page.getByRole('group', { name: /^Add, / }).click({ position: { x: 60, y: 12 } });
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByLabel('Entity type')).toHaveValue('stock');
  await inspector.getByLabel('Operation').fill('');
  await page.getByRole('option', { name: 'add', exact: true }).click();
  await expect(inspector.getByLabel('Operation')).toHaveValue('add');
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await api(page, 'POST', '/api/workflows/restock/publish', {});
  await api(page, 'POST', '/runtime/webhooks/durabletask/orchestrators/restock/restock-1?timeout=20', {});

  await page.goto(`${perdure.origin}/instances/restock-1`);
  await expect(page.getByText('EntityLockGranted')).toBeVisible();
  await expect(page.getByText('EntityOperationCompleted')).toBeVisible();

  await page.getByRole('link', { name: 'Entities' }).click();
  await page.getByRole('link', { name: 'stock@apples' }).click();
  const state = page.locator('pre[aria-label="State"]');
  await expect(state).toContainText('"total": 42');
  const events = page.getByRole('table', { name: 'What happened' });
  await expect(events.getByRole('row', { name: /Locked/ })).toBeVisible();
  await expect(events.getByRole('row', { name: /Applied add 21/ })).toBeVisible();
  await expect(events.getByRole('row', { name: /Released/ })).toBeVisible();

  // A signal shows without a reload.
  await page.getByRole('button', { name: 'Signal…' }).click();
  await page.getByRole('dialog').getByLabel('Operation').fill('add');
  await page.getByRole('dialog').getByLabel('Input').fill('4');
  await page.getByRole('dialog').getByRole('button', { name: 'Send signal' }).click();
  await expect(state).toContainText('"total": 50');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const path of ['/entities', '/entities?tab=types', '/entities/stock?key=apples', '/entity-types/stock']) {
      await page.goto(perdure.origin + path);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
      await expect(page.getByText(/stock/i).filter({ visible: true }).first()).toBeVisible();
      await expectNoSeriousFault(page, { what: `${path} ${scheme}`, scheme });
    }
  }
  await page.close();
});

async function api(page: Page, method: 'POST', path: string, data: object): Promise<void> {
  const answer = await page.request.fetch(perdure.origin + path, { method, data, headers: { 'x-functions-key': perdure.apiKey } });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
}
