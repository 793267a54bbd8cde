import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { callApi, publishWorkflow, startInstance } from '../api.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
  await publishWorkflow(perdure, 'payment', 'Payment', payment(1_000, 'ok'));
  await start('PAY-good', { amount: 250, customer: 'C-20931' });
  await start('PAY-bad', { amount: 4_250, customer: 'C-20931' });
  await reached('PAY-bad', 'Failed');
  await raise('PAY-good');
  await reached('PAY-good', 'Completed');
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

test.beforeEach(async () => {
  page = await context.newPage();
});

test.afterEach(async () => {
  await page.close();
});

test('time-travel to a failure, and compare with a good run', async () => {
  await page.goto(`${perdure.origin}/instances/PAY-bad`);
  const slider = page.getByRole('slider', { name: 'Moment of the history' });
  await expect(node('Refuse', 'Failed')).toBeVisible();

  await test.step('the button goes to the failure, the canvas and the list with it', async () => {
    await page.getByRole('button', { name: 'Next failure (E)' }).click();
    await expect(page.getByText(/^As it was after event \d+/)).toBeVisible();
    await expect(slider).toHaveAttribute('aria-valuetext', /StepFailed/);
    await expect(page).toHaveURL(/at=\d+/);
  });

  await test.step('one event back it had not failed, and at the beginning nothing was done', async () => {
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(slider).toHaveAttribute('aria-valuetext', /ConditionTaken/);
    await expect(node('Refuse', 'Failed')).toHaveCount(0);
    await expect(node('Over the limit?', 'Completed')).toBeVisible();
    await page.keyboard.press('Home');
    await expect(slider).toHaveAttribute('aria-valuenow', '1');
    await expect(node('Over the limit?', 'Completed')).toHaveCount(0);
  });

  await test.step('variables as they were then, and after the step that set them', async () => {
    await page.getByRole('tab', { name: 'Variables' }).click();
    await expect(page.getByText('No variables have been set up to event 1.')).toBeVisible();
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('region', { name: 'amount' })).toContainText('4250');
  });

  await test.step('the address opens the same moment again, and End leads back to now', async () => {
    await expect(page).toHaveURL(/at=2/);
    await page.reload();
    await expect(slider).toHaveAttribute('aria-valuenow', '2');
    await slider.focus();
    await page.keyboard.press('End');
    await expect(page.getByText(/^As it was after event/)).toHaveCount(0);
    await expect(node('Refuse', 'Failed')).toBeVisible();
  });

  await test.step('an event of the list is shown as it is stored', async () => {
    await page
      .getByRole('region', { name: 'History' })
      .getByRole('button', { name: /VariablesSet/ })
      .click();
    await expect(page.getByRole('region', { name: 'Event', exact: true }).last()).toContainText('"region": "eu"');
    await expect(slider).toHaveAttribute('aria-valuenow', '2');
  });

  await test.step('the last good run in one choice; the first difference is gone to', async () => {
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('menuitem', { name: 'With the last good run' }).click();
    await expect(page).toHaveURL(/PAY-bad\/compare\/PAY-good$/);
    const difference = page.getByRole('region', { name: 'Difference' });
    await expect(difference.getByRole('heading', { name: 'Over the limit?' })).toBeVisible();
    await expect(difference).toContainText('by Yes');
    await expect(difference).toContainText('by No');
    await page.getByRole('row', { name: /Keep the facts/ }).click();
    await expect(difference).toContainText('4250');
    await expect(difference).toContainText('250');
    await expect(page.getByRole('row', { name: /Cool down/ })).toContainText('Not reached');
  });
});

test('an instance is migrated to another version and goes on there', async () => {
  await start('PAY-migrated', { amount: 100, customer: 'C-1' });
  await page.goto(`${perdure.origin}/instances/PAY-migrated`);
  await expect(node('Wait for release', 'Waiting')).toBeVisible();
  const gone = payment(1_000, 'gone');
  await publishAgain(gone);
  await publishAgain(payment(1_000, 'ok', 'Captured in version 3'));

  await act('Migrate to another version…');
  const dialog = page.getByRole('dialog');

  await test.step('to a version without the step it waits at it is refused, with the step named', async () => {
    await dialog.getByRole('combobox', { name: 'From v1 to' }).click();
    await page.getByRole('option', { name: 'v2' }).click();
    await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('Wait for release');
    await dialog.getByLabel('Reason').fill('Try');
    await expect(dialog.getByRole('button', { name: 'Migrate to v2' })).toHaveAttribute('aria-disabled', 'true');
  });

  await test.step('to one that has it, it goes', async () => {
    await dialog.getByRole('combobox', { name: 'From v1 to' }).click();
    await page.getByRole('option', { name: 'v3' }).click();
    await expect(dialog.getByText(/^Checked: from here/)).toBeVisible();
    await dialog.getByLabel('Reason').fill('The new capture');
    await dialog.getByRole('button', { name: 'Migrate to v3' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('migrated from v1')).toBeVisible();
    await expect(node('Captured in version 3', 'Not reached')).toBeVisible();
  });

  await test.step('it completes in the new version', async () => {
    await page.getByRole('button', { name: 'Raise event…' }).click();
    await dialog.getByRole('button', { name: 'Raise event' }).click();
    await expect(node('Captured in version 3', 'Completed')).toBeVisible();
    await reached('PAY-migrated', 'Completed');
  });

  await test.step('time travel shows the version it ran then', async () => {
    await page.goto(`${perdure.origin}/instances/PAY-migrated?at=2`);
    await expect(page.getByText(/^As it was after event 2/)).toBeVisible();
    await expect(node('Capture payment', 'Not reached')).toBeVisible();
  });
});

test('variables are edited, a step is skipped, a failed run is rewound, an instance restarted with other input', async () => {
  await start('PAY-acted', { amount: 100, customer: 'C-2' });
  await page.goto(`${perdure.origin}/instances/PAY-acted`);
  await expect(node('Wait for release', 'Waiting')).toBeVisible();
  const dialog = page.getByRole('dialog');

  await test.step('the variables as they are; what is changed is counted', async () => {
    await act('Edit variables…');
    await expect(dialog.getByLabel('Variables')).toHaveValue(/"amount": 100/);
    await dialog.getByLabel('Variables').fill('{ "amount": 120, "region": "eu" }');
    await dialog.getByLabel('Reason').fill('Agreed by phone');
    await dialog.getByRole('button', { name: 'Change 1 variable' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('region', { name: 'History' }).getByRole('button', { name: /VariablesEdited/ })).toBeVisible();
  });

  await test.step('the step it waits at is skipped with an output', async () => {
    await canvasNode('Wait for release').click({ position: { x: 60, y: 12 } });
    await act('Skip step…');
    await dialog.getByLabel('Output').fill('{ "by": "Ada" }');
    await dialog.getByLabel('Reason').fill('Released on paper');
    await dialog.getByRole('button', { name: 'Skip step' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('region', { name: 'Step', exact: true })).toContainText('Released on paper');
    await reached('PAY-acted', 'Completed');
    await expect(page.getByText('Completed', { exact: true }).first()).toBeVisible();
  });

  await test.step('a failed one is not terminated but rewound; it fails at the same step again', async () => {
    await page.goto(`${perdure.origin}/instances/PAY-bad`);
    await page.getByRole('button', { name: 'Rewind…' }).click();
    await dialog.getByLabel('Reason').fill('Once more');
    await dialog.getByRole('button', { name: 'Rewind' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('region', { name: 'History' }).getByRole('button', { name: /ExecutionRewound/ })).toBeVisible();
    await expect(node('Refuse', 'Failed')).toBeVisible();
  });

  await test.step('restarted with another amount it is a new instance that goes the other way', async () => {
    await page.getByRole('button', { name: 'Restart…' }).click();
    await dialog.getByLabel('With the same input').uncheck();
    await dialog.getByLabel('Input', { exact: true }).fill('{ "amount": 90, "customer": "C-20931" }');
    await dialog.getByLabel('Reason').fill('Wrong amount');
    await dialog.getByRole('button', { name: 'Restart' }).click();
    await expect(page).not.toHaveURL(/PAY-bad$/);
    await expect(node('Wait for release', 'Waiting')).toBeVisible();
    await page.getByRole('tab', { name: /^Related/ }).click();
    await expect(page.getByRole('link', { name: 'PAY-bad' })).toBeVisible();
  });
});

test('an instance that is purged while it is looked at, and one that never was, say so', async () => {
  await start('PAY-purged', { amount: 5_000, customer: 'C-3' });
  await reached('PAY-purged', 'Failed');
  await page.goto(`${perdure.origin}/instances/PAY-purged`);
  await expect(node('Refuse', 'Failed')).toBeVisible();
  const purged = await page.request.delete(`${perdure.origin}${api}/instances/PAY-purged?code=${perdure.apiKey}`);
  expect(purged.status()).toBe(200);
  // As when somebody comes back to the tab.
  await expect(async () => {
    await page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`);
    await expect(page.getByText('This instance is gone.')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.goto(`${perdure.origin}/instances/never-was`);
  await expect(page.getByRole('link', { name: 'Open the instances' })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const)
  test(`nothing serious for assistive technology, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${perdure.origin}/instances/PAY-good?at=6`);
    await expect(page.getByText(/^As it was after event 6/)).toBeVisible();
    for (const tab of ['Data', 'Variables', 'Tokens', /^Related/]) {
      await page.getByRole('tab', { name: tab }).click();
      await expectNoSeriousFault(page, { scheme });
    }
    await canvasNode('Credit check').click({ position: { x: 60, y: 12 } });
    for (const tab of ['Data', /^Attempts/, 'Settings in v1', 'Trace']) {
      await page.getByRole('tab', { name: tab }).click();
      await expectNoSeriousFault(page, { scheme });
    }
    await page.goto(`${perdure.origin}/instances/PAY-bad/compare/PAY-good`);
    await expect(page.getByRole('region', { name: 'Difference' }).getByRole('heading', { name: 'Over the limit?' })).toBeVisible();
    await expectNoSeriousFault(page, { scheme });
    await page.goto(`${perdure.origin}/instances/PAY-bad`);
    await page.getByRole('button', { name: 'Restart…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectNoSeriousFault(page, { scheme });
  });

const canvasNode = (title: string) => page.getByRole('group', { name: new RegExp(`^${title.replace('?', '\\?')}, `) }).first();

function node(title: string, status: string) {
  return page.getByRole('group', { name: new RegExp(`^${title.replace('?', '\\?')}, .*${status}`) });
}

async function act(item: string): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

const api = '/runtime/webhooks/durabletask';

/** One more version of it. */
async function publishAgain(document: object): Promise<void> {
  await callApi(perdure, 'PUT', '/api/workflows/payment/draft', { baseRevision: 0, document, force: true });
  await callApi(perdure, 'POST', '/api/workflows/payment/publish', {});
}

const start = (id: string, input: object) => startInstance(perdure, 'payment', id, input);

const raise = (id: string) => callApi(perdure, 'POST', `${api}/instances/${id}/raiseEvent/released`, { by: 'Ada' });

async function reached(id: string, status: string): Promise<void> {
  const read = async () => (await callApi<{ runtimeStatus: string }>(perdure, 'GET', `${api}/instances/${id}`)).runtimeStatus;
  await expect.poll(read, { timeout: 30_000 }).toBe(status);
}

/** Refuses what is over the limit, else waits to be released. `wait`: whether it does, in this version. */
function payment(limit: number, wait: 'ok' | 'gone', capture = 'Capture payment') {
  const at = (id: string, type: string, title: string, y: number, config: object, x = 0) => ({
    id,
    type,
    title,
    parent: null,
    position: { x, y },
    config,
  });
  const edges: [string, string, string][] = [
    ['start', 'out', 'facts'],
    ['facts', 'out', 'credit'],
    ['credit', 'out', 'high'],
    ['high', 'yes', 'refuse'],
    ['high', 'otherwise', 'pause'],
    ...(wait === 'ok'
      ? ([
          ['pause', 'out', 'wait'],
          ['wait', 'out', 'capture'],
        ] as [string, string, string][])
      : [['pause', 'out', 'capture'] as [string, string, string]]),
    ['capture', 'out', 'done'],
  ];
  return {
    formatVersion: 1,
    nodes: [
      at('start', 'start', 'Payment asked', 0, {}),
      at('facts', 'setVariables', 'Keep the facts', 100, { variables: { amount: { expr: 'input.amount' }, region: 'eu' } }),
      at('credit', 'http', 'Credit check', 200, {
        method: 'POST',
        url: 'demo:/credit-check',
        body: { expr: '{ "customer": input.customer }' },
      }),
      at('high', 'condition', 'Over the limit?', 300, {
        cases: [{ key: 'yes', label: 'Yes', when: `vars.amount > ${limit}` }],
        otherwiseLabel: 'No',
      }),
      at('refuse', 'fail', 'Refuse', 420, { code: 'OverLimit', message: 'The amount is over the limit' }, -240),
      at('pause', 'timer', 'Cool down', 420, { mode: 'for', value: '100ms' }, 80),
      ...(wait === 'ok' ? [at('wait', 'event', 'Wait for release', 520, { name: 'released' }, 80)] : []),
      at('capture', 'http', capture, 620, { method: 'POST', url: 'demo:/payment', body: { expr: '{ "amount": vars.amount }' } }, 80),
      at('done', 'end', 'Paid', 720, { value: { expr: 'steps.capture.output.body' } }, 80),
    ],
    edges: edges.map(([source, sourcePort, target], index) => ({ id: `e${index + 1}`, source, sourcePort, target })),
  };
}
