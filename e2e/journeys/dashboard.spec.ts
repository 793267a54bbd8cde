/** The dashboard as an operator meets it: what failed shows without a reload, the tiles and the incident lead to the instances. */
import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { publishWorkflow, startInstance } from '../api.ts';
import { creditWorkflow } from '../credit-workflow.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

/** What is counted is kept for a while, the longer the slower the machine. */
const counted = { timeout: 60_000 };

let perdure: ServerProcess;
let context: BrowserContext;

const start = (id: string, input: object) => startInstance(perdure, 'credit', id, input);

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
  await publishWorkflow(perdure, 'credit', 'Credit', creditWorkflow);
  await publishWorkflow(perdure, 'quiet', 'Quiet', creditWorkflow);
  for (const order of [1, 2]) await start(`ORD-${order}`, { order });
  await start('ORD-3', { order: 3, wait: true });
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

test('what fails shows without a reload, and the incident leads to its instances', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/dashboard?workflow=credit`);
  await expect(tile(page, 'Failed')).toHaveText('2', counted);
  await expect(tile(page, 'Waiting')).toHaveText('1', counted);
  const incidents = page.getByRole('table', { name: 'Open incidents' });
  const incident = incidents.getByRole('row', { name: /Credit check/ });
  await expect(incident.getByRole('cell', { name: '2', exact: true })).toBeVisible(counted);
  await start('ORD-4', { order: 4 });
  await expect(tile(page, 'Failed')).toHaveText('3', counted);
  await expect(incident.getByRole('cell', { name: '3', exact: true })).toBeVisible(counted);
  await incidents.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/incidents\//);
  await expect(page.getByRole('link', { name: 'ORD-4' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'ORD-1' })).toBeVisible();
});

test('time and workflow stand in the address; a workflow without instances has none on its tiles; a tile opens the list', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/dashboard`);
  await page.getByRole('radio', { name: '7 d' }).click();
  await expect(page).toHaveURL(/window=7d/);
  await page.getByRole('combobox', { name: 'Workflow' }).selectOption('quiet');
  await expect(page).toHaveURL(/workflow=quiet/);
  await expect(tile(page, 'Failed')).toHaveText('0');
  await expect(page.getByText('No open incidents')).toBeVisible();
  await page.getByRole('tab', { name: 'Duration' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Duration' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked();
  await expect(page.getByRole('tab', { name: 'Duration' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('combobox', { name: 'Workflow' }).selectOption('credit');
  await page.getByRole('link', { name: 'Waiting', exact: true }).click();
  await expect(page).toHaveURL(/\/instances/);
  await expect(page.getByRole('table', { name: 'Instances' }).getByRole('link', { name: 'ORD-3' })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const)
  test(`dashboard and incidents have no serious fault for assistive technology, ${scheme}`, async () => {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${perdure.origin}/dashboard`);
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
    await expect(page.getByRole('table', { name: 'Open incidents' }).getByRole('row', { name: /Credit check/ })).toBeVisible();
    await expectNoSeriousFault(page, { scheme });
    await page.goto(`${perdure.origin}/incidents`);
    await page
      .getByRole('row', { name: /Credit check/ })
      .getByRole('link')
      .first()
      .click();
    await expect(page.getByRole('link', { name: 'ORD-1' })).toBeVisible();
    await expectNoSeriousFault(page, { scheme });
    await page.goBack();
    await expect(page.getByRole('row', { name: /Credit check/ })).toBeVisible();
    await expectNoSeriousFault(page, { scheme });
  });

/** The number on it. */
function tile(page: Page, name: string): Locator {
  return page
    .locator('.kpi')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
    .locator('.big');
}
