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

test('a template by keyboard: found, picked, filled, created, published and run', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New workflow' });
  await expect(dialog.getByLabel('Title')).toBeFocused();
  await expect(dialog.getByRole('radio', { name: /^Blank/ })).toBeChecked();

  // An arrow goes nowhere as long as the only choice is the blank one.
  await expect(dialog.getByRole('radio', { name: /^Conference booking/ })).not.toHaveCount(0);

  // Back from the title through the list to the search.
  await page.keyboard.press('Shift+Tab');
  await expect(dialog.getByRole('radio', { name: /^Blank/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('radio', { name: /^Conference booking/ }).first()).toBeChecked();
  await expect(dialog.getByLabel('Title')).toHaveValue('Conference booking');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('deadline price');
  await expect(dialog.getByText('1 template found')).toBeAttached();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(dialog.getByRole('radio', { name: /^Stock monitor/ })).toBeChecked();
  await expect(dialog.getByLabel('Title')).toHaveValue('Stock monitor');
  const drawing = dialog.getByRole('img', { name: 'Drawing of Stock monitor' });
  await expect(drawing).toBeVisible();

  // What a parameter changes is drawn at once; a value that does not fit is refused in words.
  const before = await drawing.getAttribute('src');
  const every = dialog.getByLabel('Ask every');
  await every.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('now and then');
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByText('Enter a duration such as 30s, 5m, 2h or 1d.')).toBeVisible();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('100ms');
  await expect.poll(() => drawing.getAttribute('src')).not.toBe(before);
  await dialog.getByLabel('Target price').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('106');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
    await expectNoSeriousFault(page, { scheme, part: '[role="dialog"]' });
  }
  await page.keyboard.press('Control+Enter');

  await expect(page).toHaveURL(/\/workflows\/stock-monitor$/);
  await expect(page.getByRole('group', { name: /^Ask for the price, / })).toBeVisible();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Published as v1')).toBeVisible();
  const started = await context.request.post(
    `${perdure.origin}/runtime/webhooks/durabletask/orchestrators/stock-monitor?code=${perdure.apiKey}&timeout=30`,
    { data: {} },
  );
  expect(await started.json()).toEqual({ reached: true, price: 106, checks: 3 });
  await page.close();
});

test('what a template needs is told, and created with it; a taken key gets a number', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New workflow' });
  await dialog.getByText('Lock around a shared resource').click();
  await expect(dialog.getByText('Creates the entity type Shared resource (shared-resource), too.')).toBeVisible();
  await dialog.getByText('Order approval', { exact: true }).click();
  await expect(dialog.getByRole('img', { name: 'Drawing of Order approval' })).toBeVisible();
  await dialog.getByLabel('Approval from').fill('50');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/workflows\/order-approval-2$/);
  await expect(page.getByText('Up to 50')).toBeVisible();

  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).click();
  await dialog.getByLabel('Pattern').selectOption('critical section');
  await expect(dialog.getByRole('radio')).toHaveCount(2);
  await dialog.getByText('Lock around a shared resource').click();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/workflows\/lock-around-a-shared-resource$/);
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).click();
  await dialog.getByText('Lock around a shared resource').click();
  await expect(dialog.getByText('Works with the entity type Shared resource (shared-resource), which is here.')).toBeVisible();
  await page.close();
});

test('the gallery narrows down by category and pattern; an installation without workflows begins with it', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New workflow' });
  await expect(dialog.getByRole('radio', { name: /^Device readings/ })).toBeVisible();
  const all = await dialog.getByRole('radio').count();
  await dialog.getByRole('searchbox').fill('zzz');
  await expect(dialog.getByText(/^No template/)).toBeVisible();
  await dialog.getByRole('searchbox').fill('');
  await expect(dialog.getByRole('radio')).toHaveCount(all);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  for (const { key } of await listWorkflows()) await archive(key);
  await page.getByRole('button', { name: 'Begin with a template…' }).click();
  await expect(dialog.getByRole('searchbox')).toBeFocused();
  await dialog.getByText('Device readings', { exact: true }).click();
  await expect(dialog.getByRole('radio', { name: /^Device readings/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/workflows\//);
  await page.close();
});

async function listWorkflows(): Promise<{ key: string }[]> {
  const answer = await context.request.get(`${perdure.origin}/trpc/workflows.list?input=${encodeURIComponent('{}')}`);
  const { result } = (await answer.json()) as { result: { data: { key: string }[] } };
  return result.data;
}

async function archive(key: string): Promise<void> {
  const answer = await context.request.post(`${perdure.origin}/trpc/workflows.archive`, {
    headers: { origin: perdure.origin },
    data: { key },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
