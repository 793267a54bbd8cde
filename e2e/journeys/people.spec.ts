/** People: invited, let in as far as their role reaches, keys for programs, and locked out after too many guesses. */
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let owner: BrowserContext;
const password = 'five words for this account';

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  owner = await signIn(browser, perdure);
});

test.afterAll(async () => {
  await owner.close();
  await perdure.stop();
});

/** Invites and gives the link that is shown, since no mail server is set up. */
async function invite(page: Page, email: string, role: string, folder: string): Promise<string> {
  await page.goto(`${perdure.origin}/settings/people`);
  await page.getByRole('button', { name: 'Invite somebody…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await dialog.getByRole('combobox', { name: 'Role' }).selectOption(role);
  await dialog.getByRole('combobox', { name: 'Folder' }).fill(folder);
  await dialog.getByRole('button', { name: 'Create the invitation' }).click();
  const shown = page.getByRole('dialog', { name: `Hand this link to ${email}` });
  const link = await shown.getByText(/\/invitation#/).textContent();
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('table', { name: 'Invitations' }).getByRole('row', { name: new RegExp(email) })).toBeVisible();
  return link ?? '';
}

async function accept(browser: Browser, link: string, name: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Owner invites you' })).toBeVisible();
  // What is good once does not stay in the address.
  expect(page.url()).toBe(`${perdure.origin}/invitation`);
  await expectNoSeriousFault(page, { what: 'invitation' });
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.close();
  return context;
}

test('somebody who is invited sees what their role allows, where it allows it', async ({ browser }) => {
  const page = await owner.newPage();
  const link = await invite(page, 'vera@example.com', 'Viewer', 'finance');
  const context = await accept(browser, link, 'Vera Novak');
  const vera = await context.newPage();

  // Nothing lies in the folder yet: the samples are in none.
  await vera.goto(`${perdure.origin}/workflows`);
  await expect(vera.getByRole('heading', { name: 'No workflows yet' })).toBeVisible();
  const rail = vera.getByRole('navigation', { name: 'Main' });
  await expect(rail.getByRole('link', { name: 'Instances' })).toBeVisible();
  await expect(rail.getByRole('link', { name: 'Entities' })).toHaveCount(0);
  await expect(rail.getByRole('link', { name: /Inbox/ })).toHaveCount(0);
  const create = vera.getByRole('button', { name: 'New workflow…' });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await create.focus();
  await expect(vera.getByRole('tooltip', { name: 'Your role may not change workflows' })).toBeVisible();

  // The owner moves a workflow there, and it appears.
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'More for Order approval' }).click();
  await page.getByRole('menuitem', { name: 'Title and folder…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Title and folder' });
  await dialog.getByRole('combobox', { name: 'Folder' }).fill('finance/orders');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Order approval/ })).toContainText('finance/orders');
  await vera.reload();
  const row = vera.getByRole('row', { name: /Order approval/ });
  await expect(row).toBeVisible();
  await expect(row.getByRole('button', { name: 'Start…' })).toHaveAttribute('aria-disabled', 'true');
  await expect(vera.getByRole('row', { name: /Conference booking/ })).toHaveCount(0);
  await vera.goto(`${perdure.origin}/instances/welcome-booking`);
  await expect(vera.getByText(/There is no instance/)).toBeVisible();

  // Of the settings, what is her own.
  await vera.goto(`${perdure.origin}/settings`);
  const sections = vera.getByRole('navigation', { name: 'Settings' });
  await expect(sections.getByRole('link')).toHaveText(['My account', 'Notifications']);

  // With another role more is let through, without signing in anew.
  await page.goto(`${perdure.origin}/settings/people`);
  await page.getByRole('button', { name: 'Roles… of Vera Novak' }).click();
  const roles = page.getByRole('dialog', { name: 'Roles of Vera Novak' });
  await roles.getByRole('combobox', { name: 'Role' }).selectOption('Operator');
  await roles.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Vera Novak/ })).toContainText('Operator in finance');
  await vera.goto(`${perdure.origin}/workflows`);
  await expect(vera.getByRole('row', { name: /Order approval/ }).getByRole('button', { name: 'Start…' })).not.toHaveAttribute(
    'aria-disabled',
    'true',
  );

  // Disabled, she is out; the name stays.
  await page.getByRole('button', { name: 'More for Vera Novak' }).click();
  await page.getByRole('menuitem', { name: 'Disable…' }).click();
  await page.getByRole('dialog', { name: 'Disable Vera Novak?' }).getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('row', { name: /Vera Novak/ })).toContainText('Disabled');
  await vera.goto(`${perdure.origin}/workflows`);
  await expect(vera.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await context.close();
  await page.close();
});

test('a group is made with its members, and the last admin stays one', async () => {
  const page = await owner.newPage();
  await page.goto(`${perdure.origin}/settings/groups`);
  await page.getByRole('button', { name: 'New group…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New group' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Reviewers');
  await dialog.getByRole('combobox', { name: 'Members' }).fill('Owner');
  await page.getByRole('option', { name: /Owner/ }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('row', { name: /Reviewers/ })).toContainText('1: Owner');
  await page.goto(`${perdure.origin}/settings/people`);
  await page.getByRole('button', { name: 'Roles… of Owner' }).click();
  const roles = page.getByRole('dialog', { name: 'Roles of Owner' });
  await roles.getByRole('button', { name: 'Remove the role Admin' }).click();
  await roles.getByRole('button', { name: 'Save' }).click();
  await expect(roles.getByRole('alert')).toContainText('Nobody would be left who is an administrator');
  await page.close();
});

test('a key is made, works where it was made for, and is revoked', async () => {
  const page = await owner.newPage();
  await page.goto(`${perdure.origin}/settings/api-keys`);
  await page.getByRole('button', { name: 'New key…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  await dialog.getByRole('button', { name: 'Create the key' }).click();
  const made = page.getByRole('dialog', { name: 'The key Nightly report' });
  const key = (await made.getByText(/^perdure_/).textContent()) ?? '';
  await made.getByRole('button', { name: 'Done' }).click();
  const ask = (path: string) => fetch(perdure.origin + path, { headers: { 'x-functions-key': key } }).then(({ status }) => status);
  expect(await ask('/runtime/webhooks/durabletask/instances')).toBe(200);
  expect(await ask('/api/workflows')).toBe(403);
  await page.getByRole('button', { name: 'Revoke… Nightly report' }).click();
  await page.getByRole('dialog', { name: 'Revoke the key Nightly report?' }).getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row', { name: /Nightly report/ })).toContainText('Revoked');
  expect(await ask('/runtime/webhooks/durabletask/instances')).toBe(401);
  await page.close();
});

test('a password is set, signs in, and too many wrong ones lock the account for a while', async ({ browser }) => {
  const page = await owner.newPage();
  await page.goto(`${perdure.origin}/settings/account`);
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('button', { name: 'Change password' })).toBeVisible();

  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(`${perdure.origin}/sign-in`);
  const give = async (text: string) => {
    await stranger.getByRole('textbox', { name: 'E-mail' }).fill('owner@localhost');
    await stranger.getByLabel('Password', { exact: true }).fill(text);
    await stranger.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  await give(password);
  await expect(stranger.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: /^Sign out \d others?$/ }).click();
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2);
  await stranger.goto(`${perdure.origin}/sign-in`);
  for (let n = 0; n < 5; n++) {
    await give('a wrong password');
    await expect(stranger.getByRole('alert')).toContainText('do not go together');
    await expect(stranger.getByLabel('Password', { exact: true })).toHaveValue('');
  }
  await give(password);
  await expect(stranger.getByRole('alert')).toContainText('Too many wrong passwords for this account. Wait 5 minutes.');
  await context.close();
  await page.close();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the pages have no serious fault for assistive technology, ${scheme}`, async ({ browser }) => {
    const page = await owner.newPage();
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [path, button] of [
      ['/settings/account', null],
      ['/settings/people', 'Invite somebody…'],
      ['/settings/groups', 'New group…'],
      ['/settings/api-keys', 'New key…'],
    ] as const) {
      await page.goto(perdure.origin + path);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNoSeriousFault(page, { what: path, scheme });
      if (button === null) continue;
      await page.getByRole('button', { name: button }).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectNoSeriousFault(page, { what: `${path}, ${button}`, scheme });
    }
    await page.close();
    const context = await browser.newContext({ colorScheme: scheme, reducedMotion: 'reduce' });
    const stranger = await context.newPage();
    for (const path of ['/sign-in', '/forgotten-password', '/reset-password#a', '/invitation#a']) {
      await stranger.goto(perdure.origin + path);
      await expect(stranger.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNoSeriousFault(stranger, { what: path, scheme });
    }
    await context.close();
  });
}
