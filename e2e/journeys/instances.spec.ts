import { expect, test, type BrowserContext } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { publishWorkflow, startInstance } from '../api.ts';
import { creditWorkflow } from '../credit-workflow.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
  await publishWorkflow(perdure, 'credit', 'Credit', creditWorkflow);
  for (const order of [1, 2, 3]) await startInstance(perdure, 'credit', `ORD-${order}`, { order });
  await startInstance(perdure, 'credit', 'ORD-4', { order: 4, wait: true });
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

test('rows do not wait for their count, which comes after them', async () => {
  const page = await context.newPage();
  let counted = (): void => {};
  const mayCount = new Promise<void>((resolve) => (counted = resolve));
  await page.route(/\/trpc\/instances\.count/, async (route) => {
    await mayCount;
    await route.continue();
  });
  await page.goto(`${perdure.origin}/instances?view=all&workflow=%5B%22credit%22%5D`);
  const footer = page.locator('footer.foot').getByRole('status');
  await expect(page.getByRole('table', { name: 'Instances' }).getByRole('link', { name: /^ORD-/ })).toHaveCount(4);
  await expect(footer).toHaveText('… match');
  await page.getByLabel('Select all on this page').check();
  await expect(page.getByRole('toolbar', { name: 'Selected instances' })).toContainText('4 selected');
  counted();
  await expect(footer).toHaveText(/^4 match, counted exactly, of \d+$/);
  await page.close();
});

test('filters stand in the address, rows are ticked by key, and the filters are kept as a view', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/instances?view=all&workflow=%5B%22credit%22%5D`);
  const table = page.getByRole('table', { name: 'Instances' });
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(4);

  // The event it waits for, from the menu by its key.
  await page.keyboard.press('f');
  const event = page.getByLabel('Waits for the event');
  await event.fill('order.changed');
  await event.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/event=order\.changed/);
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(1);
  await expect(table.getByRole('link', { name: 'ORD-4' })).toBeVisible();

  await page.getByRole('button', { name: 'Save view…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('order.changed');
  await dialog.getByRole('button', { name: 'Save view' }).click();
  await expect(page.getByRole('tab', { name: /^order\.changed/ })).toHaveAttribute('aria-selected', 'true');

  // Text of an error, and several ids pasted at once.
  await page.goto(`${perdure.origin}/instances?view=all&text=No%20credit`);
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(3);
  await page.goto(`${perdure.origin}/instances?view=all&text=${encodeURIComponent('ORD-1\nORD-4')}`);
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(2);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('toolbar', { name: 'Selected instances' })).toContainText('1 selected');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('toolbar', { name: 'Selected instances' })).toBeHidden();
  await page.close();
});

test('failures of one kind are one incident, on the dashboard and by itself, which leads to its instances and can be ignored', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/dashboard?workflow=credit`);
  await page.getByRole('link', { name: /^No credit for order/ }).click();
  await expect(page.getByRole('heading', { name: /^No credit for order/ })).toBeVisible();
  const table = page.getByRole('table', { name: 'Instances' });
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(3);
  await page.getByRole('link', { name: 'Show in the list' }).click();
  await expect(page).toHaveURL(/incident=/);
  await expect(table.getByRole('link', { name: /^ORD-/ })).toHaveCount(3);

  await page.goBack();
  await page.getByRole('button', { name: 'Ignore…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Test customers');
  await dialog.getByRole('button', { name: 'Ignore the incident' }).click();
  await expect(page.getByText('Test customers')).toBeVisible();
  await page.goto(`${perdure.origin}/incidents?state=ignored`);
  await expect(page.getByRole('link', { name: /^No credit for order/ })).toBeVisible();
  await page.close();
});
