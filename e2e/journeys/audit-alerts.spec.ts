import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startMailCatcher, type MailCatcher } from '@perdure/testing/mail-catcher';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let mails: MailCatcher;
let hook: Server;
let hookOrigin: string;
const received: { signature: string; body: string }[] = [];
let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  mails = await startMailCatcher();
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ signature: String(request.headers['webhook-signature']), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookOrigin = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`; // a TCP server
  perdure = await startServerProcess({
    env: {
      PERDURE_SMTP_URL: mails.url,
      PERDURE_MAIL_FROM: 'Perdure <perdure@example.com>',
      PERDURE_ALLOWED_PLACES: `${hookOrigin}/hooks`,
    },
  });
  context = await signIn(browser, perdure);
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
  hook.closeAllConnections();
  hook.close();
  await mails.stop();
});

async function call(page: Page, path: string, input: object): Promise<void> {
  const answer = await page.request.post(`${perdure.origin}/trpc/${path}`, { data: input, headers: { origin: perdure.origin } });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
}

test('what was changed is in the audit log with who and why, found by its address, and exported', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await call(page, 'workflows.create', { title: 'Invoices', key: 'invoices' });
  await call(page, 'workflows.rename', { key: 'invoices', title: 'Invoice approval', folder: 'finance' });

  await page.reload();
  await page.getByRole('button', { name: 'More for Invoice approval' }).click();
  await page.getByRole('menuitem', { name: 'Show what was done to it' }).click();
  await expect(page).toHaveURL(/settings\/audit\?target=workflow/);
  const log = page.getByRole('table', { name: 'Audit log' });
  await expect(log.getByRole('row', { name: /Rename/ })).toContainText('Changed title, folder');
  await expect(log.getByRole('row', { name: /Create/ })).toBeVisible();

  await page.getByRole('button', { name: /^Rename.*details/ }).click();
  const changes = page.getByRole('table', { name: 'What was changed' });
  await expect(changes.getByRole('row', { name: /title/ })).toContainText('Invoices');
  await expect(changes.getByRole('row', { name: /title/ })).toContainText('Invoice approval');
  await expectNoSeriousFault(page);

  await page.getByRole('button', { name: 'Remove the filter On' }).click();
  await page.getByPlaceholder('Reason, id, or any text').fill('finance');
  await expect(page).toHaveURL(/text=finance/);
  await expect(log.getByRole('row')).toHaveCount(2);

  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'CSV, for a spreadsheet' }).click();
  expect((await download).suggestedFilename()).toBe('audit.csv');
  await page.close();
});

test('an alert rule is set, tested, fires once by mail and webhook, and is deleted', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/settings/alerts`);
  await page.getByRole('button', { name: 'New rule…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Work is late');
  await dialog.getByLabel('What it looks at').selectOption('Queue lag');
  await dialog.getByLabel('Tell these addresses').fill('ops@example.com');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('And this webhook').fill(`${hookOrigin}/hooks/alerts`);
  await expectNoSeriousFault(page);
  await dialog.getByRole('button', { name: 'Set the rule' }).click();

  const rules = page.getByRole('table', { name: 'Alert rules' });
  await expect(rules.getByRole('row', { name: /Work is late/ })).toContainText('Quiet');
  await expectNoSeriousFault(page);
  await rules.getByRole('button', { name: 'Send a test of Work is late' }).click();
  await expect(page.getByText('2 tests are on their way')).toBeVisible();
  const mail = await mails.mailTo('ops@example.com', /Work is late: a test/);
  expect(mail.text).toContain(perdure.origin);
  await expect.poll(() => received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['alert.test']);
  expect(received[0]?.signature).toMatch(/^v1,/);

  await page.getByRole('tab', { name: /^Sent/ }).click();
  await expect(page.getByRole('table', { name: 'Sent alerts' }).getByRole('row', { name: /ops@example.com/ })).toContainText('Sent');
  await page.getByRole('tab', { name: /^Rules/ }).click();
  await rules.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the rule' }).click();
  await expect(page.getByRole('heading', { name: 'Nobody is told of anything' })).toBeVisible();
  await page.close();
});
