/** Somebody who may look everywhere and operate one folder only: each button is enabled exactly where the server would do it, and says why elsewhere. */
import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { callApi, startInstance } from '../api.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let owner: BrowserContext;
let hers: BrowserContext;

const node = (id: string, type: string, config: object = {}) => ({
  id,
  type,
  title: id,
  parent: null,
  position: { x: 0, y: 0 },
  config,
});
const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, sourcePort: 'out', target });
const waiting = {
  formatVersion: 1,
  nodes: [node('start', 'start'), node('wait', 'event', { name: 'go' }), node('end', 'end')],
  edges: [edge('start', 'wait'), edge('wait', 'end')],
};
const failing = {
  formatVersion: 1,
  nodes: [node('start', 'start'), node('fail', 'fail', { code: 'Broken', message: 'It broke' })],
  edges: [edge('start', 'fail')],
};

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  owner = await signIn(browser, perdure);
  const page = await owner.newPage();
  for (const folder of ['finance', 'sales']) {
    for (const [kind, document] of [
      ['waits', waiting],
      ['fails', failing],
    ] as const) {
      const key = `${folder}-${kind}`;
      await tell(page, 'workflows.create', { key, title: key, folder, document });
      await callApi(perdure, 'POST', `/api/workflows/${key}/publish`, {});
      await startInstance(perdure, key, `${key}-1`);
    }
  }
  const { link } = await tell<{ link: string }>(page, 'people.invite', {
    email: 'olga@example.com',
    grants: [
      { role: 'viewer', folder: '', sensitive: false },
      { role: 'operator', folder: 'finance', sensitive: false },
    ],
    groupIds: [],
  });
  await page.close();
  hers = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const first = await hers.newPage();
  await first.goto(link);
  await first.getByRole('textbox', { name: 'Your name' }).fill('Olga');
  await first.getByLabel('Password', { exact: true }).fill('five words for this account');
  await first.getByRole('button', { name: 'Accept the invitation' }).click();
  await expect(first.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await first.close();
});

test.afterAll(async () => {
  await owner.close();
  await hers.close();
  await perdure.stop();
});

/** As whoever the page is signed in as. */
async function answerTo(page: Page, path: string, input: object) {
  return page.request.post(`${perdure.origin}/trpc/${path}`, { data: input, headers: { origin: perdure.origin } });
}

async function tell<Data>(page: Page, path: string, input: object): Promise<Data> {
  const answer = await answerTo(page, path, input);
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { result: { data: Data } }).result.data;
}

async function expectRefused(button: Locator, why: string): Promise<void> {
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  const page = button.page();
  await button.hover();
  await expect(page.getByRole('tooltip')).toHaveText(why);
  // The next one is not read before this one has gone.
  await page.mouse.move(0, 0);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
}

async function expectAllowed(button: Locator): Promise<void> {
  await expect(button).toBeVisible();
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
}

const notOperated = 'You may look at instances in sales, not operate them';
const notStarted = 'You may look at workflows in sales, not start them';

test('workflows are started where she may, also from the designer and from the list of instances', async () => {
  const page = await hers.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  const row = (key: string) => page.getByRole('row', { name: new RegExp(key) });
  await expectAllowed(row('finance-waits').getByRole('button', { name: /^Start…/ }));
  await expectRefused(row('sales-waits').getByRole('button', { name: /^Start…/ }), notStarted);
  await page.getByRole('button', { name: 'More for sales-waits' }).click();
  await expect(page.getByRole('menuitem', { name: /^Title and folder…/ })).toContainText('Your role may not change workflows');
  await page.keyboard.press('Escape');

  await page.goto(`${perdure.origin}/instances`);
  await page.getByRole('button', { name: 'Start instance…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Start an instance' });
  await dialog.getByRole('combobox', { name: 'Workflow' }).click();
  await expect(page.getByRole('option', { name: /finance-waits/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /sales/ })).toHaveCount(0);
  await page.close();
});

test('the bar of the list goes by the folders of what is selected', async () => {
  const page = await hers.newPage();
  await page.goto(`${perdure.origin}/instances?view=all`);
  const bar = page.getByRole('toolbar', { name: 'Selected instances' });
  const suspend = bar.getByRole('button', { name: 'Suspend…' });
  await page.getByLabel('Select sales-waits-1', { exact: true }).check();
  await expectRefused(suspend, notOperated);
  // R does nothing, either: the dialog would be there at once.
  await page.keyboard.press('r');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // Of the two, one can be reached, and the preview says which.
  await page.getByLabel('Select finance-waits-1', { exact: true }).check();
  await expectAllowed(suspend);
  await suspend.click();
  const dialog = page.getByRole('dialog', { name: 'Suspend 1 instance?' });
  await expect(dialog.getByRole('list', { name: 'Some of them' })).toContainText('finance-waits-1');
  await page.close();
});

test('an instance, its incident and the designer go by its folder, and the server says the same', async () => {
  const page = await hers.newPage();
  for (const [folder, refusal] of [
    ['finance', null],
    ['sales', notOperated],
  ] as const) {
    const check = (button: Locator) => (refusal === null ? expectAllowed(button) : expectRefused(button, refusal));
    await page.goto(`${perdure.origin}/instances/${folder}-waits-1`);
    for (const name of ['Raise event…', 'Suspend', 'Terminate…']) await check(page.getByRole('button', { name, exact: true }));
    const suspended = await answerTo(page, 'instances.suspend', { id: `${folder}-waits-1`, reason: 'Walked' });
    expect(suspended.ok()).toBe(refusal === null);
    if (refusal !== null) expect(await suspended.text()).toContain('auth.forbidden');

    await page.goto(`${perdure.origin}/instances/${folder}-fails-1`);
    await check(page.getByRole('button', { name: 'Restart…', exact: true }));

    await page.goto(`${perdure.origin}/incidents`);
    const row = page.getByRole('row', { name: new RegExp(`${folder}-fails`) });
    // Where nothing can be done, the row leads to the incident instead.
    await expect(row.getByRole('button', { name: /^Retry/ })).toHaveCount(refusal === null ? 1 : 0);
    await row.getByRole('link', { name: 'It broke' }).click();
    await check(page.getByRole('button', { name: 'Ignore…' }));
    await check(page.getByRole('button', { name: /^Retry 1…/ }));
  }
  await page.close();
});

test('entities belong to no folder, and the owner sees what she did', async () => {
  const page = await hers.newPage();
  await page.goto(`${perdure.origin}/entities`);
  await expectRefused(
    page.getByRole('button', { name: 'Signal an entity…' }),
    'Your role may not signal entities: entities belong to no folder, and it is for one',
  );
  await page.close();

  const settings = await owner.newPage();
  await settings.goto(`${perdure.origin}/settings/people`);
  await settings.getByRole('link', { name: 'What they did (Olga)' }).click();
  await expect(settings.getByRole('table', { name: 'Audit log' }).getByRole('row', { name: /Suspend.*finance-waits-1/ })).toBeVisible();
  await expect(settings.getByRole('combobox', { name: 'Who' })).toHaveValue('Olga');
  await settings.close();
});
