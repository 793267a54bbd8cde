import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test, type BrowserContext } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let archive: string;
let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  archive = await mkdtemp(join(tmpdir(), 'perdure-archive-'));
  perdure = await startServerProcess({ env: { PERDURE_ARCHIVE_DIR: archive } });
  context = await signIn(browser, perdure);
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
  await rm(archive, { recursive: true, force: true });
});

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('finished instances of the list are exported, as many as the dialog says', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/instances?view=all&text=welcome-booking`);
  await expect(page.getByRole('row', { name: /welcome-booking/ })).toContainText('Completed');
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export 1 instance' });
  await expectNoSeriousFault(page);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export 1 instance' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^instances-.*\.ndjson$/);
  const lines = linesOf(await readFile(await file.path(), 'utf8'));
  expect(lines.find(({ type }) => type === 'instance')).toMatchObject({ id: 'welcome-booking', status: 'Completed' });
  expect(lines.at(-1)).toEqual({ type: 'end', instances: 1 });

  await page.goto(`${perdure.origin}/instances?view=all&text=welcome-order`);
  await expect(page.getByRole('row', { name: /welcome-order/ })).toContainText('Waiting');
  await page.getByRole('button', { name: 'Export…' }).click();
  await expect(page.getByRole('dialog').getByText('What still runs is not exported')).toBeVisible();
  await page.close();
});

test('a rule shows what would go, archives and purges it, and is removed; the audit log has all of it', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/settings/retention`);
  await expect(page.getByRole('heading', { name: 'Everything is kept' })).toBeVisible();
  await expectNoSeriousFault(page);
  await page.getByRole('button', { name: 'New rule…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New retention rule' });
  await expect(dialog.getByText('Nothing is due now')).toBeVisible();
  await dialog.getByLabel('Purge them so many days after they ended').fill('0');
  const set = dialog.getByRole('button', { name: /^Set the rule and purge \d+ instances?$/ });
  await expect(set).toBeVisible();
  await expect(dialog.getByText('welcome-booking')).toBeVisible();
  await dialog.getByLabel(/^Reason/).fill('Tidy up');
  await expectNoSeriousFault(page);
  await set.click();

  const rules = page.getByRole('table', { name: 'Retention rules' });
  await expect(rules.getByRole('row', { name: /All workflows/ })).toContainText('Archived first');
  const purged = page.getByRole('table', { name: 'What was purged' });
  await expect(purged.getByRole('row', { name: /\.ndjson\.gz/ }).first()).toContainText('Completed');
  await expectNoSeriousFault(page);
  await expect
    .poll(async () => {
      const answer = await page.request.get(`${perdure.origin}/api/instances.ndjson`);
      return linesOf(await answer.text()).filter(({ id }) => id === 'welcome-booking').length;
    })
    .toBe(0);
  const files = (await readdir(archive, { recursive: true })).filter((name) => name.endsWith('.gz'));
  const archived = await Promise.all(files.map(async (name) => linesOf(gunzipSync(await readFile(join(archive, name))).toString())));
  expect(archived.flat().filter(({ type, id }) => type === 'instance' && id === 'welcome-booking')).toHaveLength(1);

  await rules.getByRole('button', { name: 'Remove the rule for All workflows, Completed' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/^Reason/)
    .fill('Enough');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the rule' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is kept' })).toBeVisible();
  await page.goto(`${perdure.origin}/settings/audit?text=Enough`);
  await expect(page.getByRole('table', { name: 'Audit log' }).getByRole('row', { name: /Remove/ })).toBeVisible();
  await page.close();
});
