import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { publishWorkflow, startInstance } from '../api.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

/** Jobs go slowly here, so that one can be paused by hand; so do the dashboard's figures. */
const slowlyMs = 60_000;

let perdure: ServerProcess;
let context: BrowserContext;
/** What the workflow asks for each order's credit; it is down until somebody mends it. */
let bank: Server;
let isMended = false;

const node = (id: string, type: string, title: string, config: object = {}, rest: object = {}) => ({
  id,
  type,
  title,
  parent: null,
  position: { x: 0, y: 0 },
  config,
  ...rest,
});
const chain = (...nodes: { id: string }[]) => ({
  formatVersion: 1,
  nodes,
  edges: nodes.slice(1).map(({ id }, i) => ({ id: `e${i}`, source: nodes[i]?.id, sourcePort: 'out', target: id })),
});

test.beforeAll(async ({ browser }) => {
  bank = createServer((_, response) => {
    response.statusCode = isMended ? 200 : 503;
    response.end('{}');
  });
  await new Promise<void>((resolve) => bank.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`; // a TCP server
  perdure = await startServerProcess({ env: { PERDURE_ALLOWED_PLACES: `${origin}/credit`, PERDURE_BULK_PER_SECOND: '2' } });
  context = await signIn(browser, perdure);
  const once = { retry: { firstRetryInterval: '20ms', maxNumberOfAttempts: 1 } };
  const call = node('call', 'http', 'Credit check', { method: 'GET', url: `${origin}/credit` }, once);
  await publishWorkflow(perdure, 'credit', 'credit', chain(node('start', 'start', 'Start'), call, node('end', 'end', 'End')));
  await publishWorkflow(
    perdure,
    'parcel',
    'parcel',
    chain(node('start', 'start', 'Start'), node('wait', 'event', 'Wait', { name: 'go' }), node('end', 'end', 'End')),
  );
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
  bank.closeAllConnections();
  bank.close();
});

const start = (workflow: string, ids: readonly string[]) => Promise.all(ids.map((id) => startInstance(perdure, workflow, id)));
const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);

/** Calls a procedure as whoever the page is signed in as. */
async function ask<Data>(page: Page, path: string, input: object): Promise<Data> {
  const answer = await page.request.get(`${perdure.origin}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`);
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { result: { data: Data } }).result.data;
}

async function tell<Data>(page: Page, path: string, input: object): Promise<Data> {
  const answer = await page.request.post(`${perdure.origin}/trpc/${path}`, { data: input, headers: { origin: perdure.origin } });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { result: { data: Data } }).result.data;
}

const list = (page: Page) => page.getByRole('table', { name: 'Instances' });

test('a failed batch is found on the dashboard, its cause is fixed, and one retry completes it', async () => {
  const ids = named('ORD', 12);
  await start('credit', ids);
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/dashboard`);
  const incident = page.getByRole('table', { name: 'Open incidents' }).getByRole('row', { name: /^.*503/ });
  // What the dashboard shows is kept for a while; without a further hint it asks again after a quarter of a minute.
  await expect(incident).toContainText('12', { timeout: slowlyMs });
  await incident.getByRole('link', { name: /503/ }).click();
  await expect(page.getByRole('heading', { name: /503/ })).toBeVisible();
  await expect(list(page).getByRole('link', { name: /^ORD-/ })).toHaveCount(12);

  isMended = true;
  await page.getByRole('button', { name: 'Retry 12…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry 12 instances?' });
  await expect(dialog.getByRole('list', { name: 'Some of them' })).toContainText('and 8 more, counted exactly');
  await expectNoSeriousFault(page);
  await dialog.getByLabel(/^Reason/).fill('The bank is back');
  await dialog.getByRole('button', { name: 'Retry 12' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Retried 12 instances')).toBeVisible({ timeout: slowlyMs });
  await expect(page.getByText('No instance is failed in this incident any more.')).toBeVisible();

  await page.goto(`${perdure.origin}/jobs`);
  await page.getByRole('link', { name: 'Retry 12 instances' }).click();
  await expect(page.getByRole('region', { name: 'Job' })).toContainText('The bank is back');
  await expect(list(page).getByRole('row', { name: /^Retried ORD-/ })).toHaveCount(12);
  await expect(page.getByRole('region', { name: 'Job' })).toContainText('12 Completed', { timeout: slowlyMs });
  await expectNoSeriousFault(page);

  await page.goto(`${perdure.origin}/instances?view=all&workflow=%5B%22credit%22%5D`);
  await expect(list(page).getByRole('row', { name: /Completed ORD-/ })).toHaveCount(12);
  await page.close();
});

test('rows are ticked, the dialog says who is left out and why, and the reason is asked', async () => {
  await start('parcel', named('BOX', 3));
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/instances?view=all&text=BOX-`);
  await expect(list(page).getByRole('row', { name: /Waiting BOX-/ })).toHaveCount(3);
  // By keyboard, which the page tells of.
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Select up to it');
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await expect(page.getByRole('toolbar', { name: 'Selected instances' })).toContainText('3 selected');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('toolbar', { name: 'Selected instances' })).toBeHidden();
  await tell(page, 'instances.terminate', { id: 'BOX-1', reason: 'lost', recursive: false });
  await expect(list(page).getByRole('row', { name: /Terminated BOX-1/ })).toBeVisible();

  await page.getByLabel('Select BOX-2').check();
  const bar = page.getByRole('toolbar', { name: 'Selected instances' });
  await expect(bar).toContainText('1 selected');
  await page.getByLabel('Select BOX-1').check();
  // Two are compared.
  await expect(bar.getByRole('button', { name: 'Compare' })).toBeVisible();
  await bar.getByRole('button', { name: 'Select all 3' }).click();
  await bar.getByRole('button', { name: 'Terminate…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Terminate 2 instances?' });
  await expect(dialog.getByRole('list', { name: 'Left out, by why' })).toHaveText('1 finished already');
  const go = dialog.getByRole('button', { name: 'Terminate 2' });
  await expect(go).toHaveAttribute('aria-disabled', 'true');
  await expectNoSeriousFault(page);
  await dialog.getByLabel(/^Reason/).fill('Withdrawn');
  await go.click();
  await expect(bar).toBeHidden();
  await expect(list(page).getByRole('row', { name: /Terminated BOX-/ })).toHaveCount(3);

  // By its key: nothing of what is chosen can be retried, and the dialog says so.
  await page.getByLabel('Select all on this page').check();
  await page.keyboard.press('r');
  const nothing = page.getByRole('dialog', { name: 'Nothing to retry' });
  await expect(nothing).toContainText('3 finished already');
  await expect(nothing.getByRole('button', { name: 'Retry' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await expect(nothing).toBeHidden();
  // Esc was the dialog's: what is selected stays, and the keyboard goes on where it was.
  await expect(bar).toContainText('3 selected');
  await expect(page.getByLabel('Select all on this page')).toBeFocused();
  await bar.getByRole('button', { name: 'Migrate…' }).click();
  const nowhere = page.getByRole('dialog', { name: 'Nothing to migrate' });
  await expect(nowhere).toBeVisible();
  await expect(nowhere.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(nowhere).toBeHidden();
  await expect(bar).toContainText('3 selected');
  await expect(bar.getByRole('button', { name: 'Migrate…' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await page.getByLabel('Select all on this page').check();

  // They are purged by somebody else while they are chosen: the filter matches nothing any more.
  await page.getByLabel('Select all on this page').uncheck();
  await page.getByLabel('Select BOX-3').check();
  await expect(bar).toContainText('1 selected');
  await tell(page, 'instances.purge', { id: 'BOX-3' });
  await page.keyboard.press('r');
  await expect(page.getByRole('dialog', { name: 'Nothing to retry' })).toContainText('Nothing matches what was selected any more.');
  await page.close();
});

test('a paused job outlives the death of the server, is resumed, and skips what changed meanwhile with its reason', async () => {
  await start('parcel', named('VAN', 40));
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/instances?view=all&text=VAN-`);
  await expect(list(page).getByRole('row', { name: /Waiting VAN-/ })).toHaveCount(40);
  await page.getByLabel('Select all on this page').check();
  await page.getByRole('button', { name: 'Suspend…' }).click();
  await page.getByRole('button', { name: 'Suspend 40', exact: true }).click();
  await page.getByRole('link', { name: /^Suspending \d+ of 40/ }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  const job = page.getByRole('region', { name: 'Job' });
  await expect(job).toContainText('Paused');
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  await perdure.killAndRestart();
  await page.reload();
  await expect(job).toContainText('Paused');
  await expect(page.getByRole('link', { name: /^Suspend paused \d+ of 40/ })).toBeVisible();
  // One of those that are left goes its own way before the job gets to it.
  const left = await ask<{ rows: { instanceId: string }[] }>(page, 'bulk.items', { id, states: ['waiting'], limit: 500 });
  const last = left.rows.at(-1)?.instanceId ?? '';
  await tell(page, 'instances.raiseEvent', { id: last, name: 'go', data: null });
  await expect.poll(async () => (await ask<{ status: string }>(page, 'instances.get', { id: last })).status).toBe('Completed');

  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(job).toContainText('40 of 40', { timeout: slowlyMs });
  await expect(job).not.toContainText('Not yet');
  await page.getByRole('tab', { name: /^Skipped/ }).click();
  await expect(page).toHaveURL(/show=skipped/);
  const skipped = list(page).getByRole('row', { name: /^Skipped/ });
  await expect(skipped).toHaveCount(1);
  await expect(skipped).toContainText(last);
  await expect(skipped).toContainText('Finished already');
  await page.goto(`${perdure.origin}/instances?view=all&text=VAN-`);
  await expect(list(page).getByRole('row', { name: /Suspended VAN-/ })).toHaveCount(39);
  await page.close();
});

test('whoever may only look sees the bar, and each action says why it does nothing', async ({ browser }) => {
  const owner = await context.newPage();
  const { link } = await tell<{ link: string }>(owner, 'people.invite', {
    email: 'vera@example.com',
    grants: [{ role: 'viewer', folder: '', sensitive: false }],
    groupIds: [],
  });
  await owner.close();
  const hers = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await hers.newPage();
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Vera');
  await page.getByLabel('Password', { exact: true }).fill('five words for this account');
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.goto(`${perdure.origin}/instances?view=all&text=VAN-`);
  await page.getByLabel('Select VAN-1', { exact: true }).check();
  const bar = page.getByRole('toolbar', { name: 'Selected instances' });
  const retry = bar.getByRole('button', { name: /^Retry…/ });
  await expect(retry).toHaveAttribute('aria-disabled', 'true');
  await retry.hover();
  await expect(page.getByRole('tooltip')).toHaveText('Your role may not operate instances');
  await page.keyboard.press('r');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await bar.getByRole('button', { name: 'More for the selected' }).click();
  await expect(page.getByRole('menuitem', { name: /Purge/ })).toContainText('Your role may not purge instances');
  await page.keyboard.press('Escape');

  await page.goto(`${perdure.origin}/jobs`);
  await expect(page.getByRole('table', { name: 'Jobs' }).getByRole('row', { name: /Suspend 40 instances/ })).toBeVisible();
  await expectNoSeriousFault(page);
  await hers.close();
});
