import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { node, openDesigner, openPalette } from '../designer.ts';
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

test('another tab with the workflow open is seen, with where it is, until it is closed', async () => {
  const [mine, theirs] = [await open(), await open()];
  await node(theirs, 'Credit check').click({ position: { x: 60, y: 12 } });
  const faces = mine.getByRole('status', { name: 'Who else is here' });
  await faces.getByRole('button', { name: 'Open in another tab of yours' }).click();
  const list = mine.getByRole('dialog', { name: 'Open in another tab of yours' });
  await expect(list.getByText(/^Since/)).toBeVisible();
  await list.getByRole('button', { name: 'Credit check' }).click();
  await expect(mine.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Title' })).toHaveValue('Credit check');
  await theirs.close();
  await expect(faces.getByRole('button')).toHaveCount(0);
  await mine.close();
});

test('the node reference is in the inspector, and its example can be taken and undone', async () => {
  const page = await open();
  await node(page, 'Credit check').click({ position: { x: 60, y: 12 } });
  await page.getByRole('tab', { name: 'Help' }).click();
  const about = page.getByRole('article', { name: 'About HTTP request' });
  for (const title of ['Ports', 'Output', 'Fields', 'Errors', 'Example'])
    await expect(about.getByRole('heading', { name: title })).toBeVisible();
  await expect(about.getByText('steps.credit_check.output')).toBeVisible();
  await about.getByRole('button', { name: 'Use these settings' }).click();
  const url = page.getByRole('group', { name: 'URL' }).getByRole('textbox');
  await expect(url).toHaveValue('https://credit.example/v2/score');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(url).toHaveValue('demo:/credit-check');
  await page.close();
});

test('a viewer looks at everything and changes nothing; what they may not do says why', async ({ browser }) => {
  const mine = await open();
  const visitor = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await addViewer(visitor);
  const page = await openDesigner(visitor, perdure, 'order-approval');
  await node(page, 'Credit check').click({ position: { x: 60, y: 12 } });
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByRole('textbox', { name: 'Title' })).not.toBeEditable();
  await page.keyboard.press('Delete');
  await page.keyboard.press('D');
  await expect(node(page, 'Credit check')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Publish' }).hover();
  await expect(page.getByRole('tooltip')).toContainText('role');
  await openPalette(page, 'add timer');
  await expect(page.getByRole('option', { name: /Add Timer/ })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  // Whoever edits sees that somebody looks.
  await expect(mine.getByRole('status', { name: 'Who else is here' }).getByRole('button', { name: /Vera Lund/ })).toBeVisible();
  await page.goto(`${perdure.origin}/workflows`);
  await expect(page.getByRole('button', { name: 'New workflow…' })).toHaveAttribute('aria-disabled', 'true');
  await visitor.close();
  await mine.close();
});

/** Signs the context in as a new person who may look and no more. */
async function addViewer(visitor: BrowserContext): Promise<void> {
  const invited = await context.request.post(`${perdure.origin}/trpc/people.invite`, {
    headers: { origin: perdure.origin },
    data: { email: 'vera@example.com', grants: [{ role: 'viewer', folder: '', sensitive: false }], groupIds: [] },
  });
  expect(invited.status(), await invited.text()).toBe(200);
  const { result } = (await invited.json()) as { result: { data: { link: string } } };
  const accepted = await visitor.request.post(`${perdure.origin}/api/auth/accept-invitation`, {
    headers: { origin: perdure.origin },
    data: { token: new URL(result.data.link).hash.slice(1), name: 'Vera Lund', password: 'a password of her own' },
  });
  expect(accepted.status(), await accepted.text()).toBe(200);
}

async function open(): Promise<Page> {
  const page = await openDesigner(context, perdure, 'order-approval');
  await expect(node(page, 'Credit check')).toBeVisible();
  return page;
}
