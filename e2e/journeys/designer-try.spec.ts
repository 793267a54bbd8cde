/** Trying a workflow out from its canvas: the draft, pins, one step, from a step on, skipped timers, scenarios and what they do to publishing. */
import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { canvas, createWorkflow, edges, inspector, node, openDesigner, runCommand, select } from '../designer.ts';
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

test('the draft runs without being published, and is marked as a test', async () => {
  const page = await open('Draft', [step('double', 'transform', { value: { expr: 'input.n * 2' } }), end('steps.double.output')]);
  await run(page, '{ "n": 21 }');
  await expect(bar(page)).toContainText('Test');
  await expect(bar(page)).toContainText('Completed');
  await expect(page.getByText('Draft', { exact: true }).first()).toBeVisible();
  await bar(page).getByRole('link', { name: 'Open instance' }).click();
  await expect(page.getByText('42').first()).toBeVisible();
  await expect(page.getByText('Test', { exact: true }).first()).toBeVisible();
  await page.goto(`${perdure.origin}/instances?view=all&tests=only`);
  await expect(page.getByRole('row').filter({ hasText: 'Test' }).first()).toContainText('Draft');
  await page.close();
});

test('a pinned step is not executed; the pin is edited in the inspector', async () => {
  // Nobody listens there: executed, it would fail.
  const call = step('price', 'http', { method: 'GET', url: 'http://127.0.0.1:9/price' });
  const page = await open('Pins', [call, end('steps.price.output.amount')]);
  await select(page, 'price');
  await inspector(page).getByRole('tab', { name: 'Test' }).click();
  await inspector(page).getByRole('button', { name: 'Write it' }).click();
  await inspector(page).getByLabel('Output').fill('{ "amount": 12 }');
  await expect(node(page, 'price')).toHaveAccessibleName(/pinned/);
  await expectNoSeriousFault(page, { part: '.ds-test-tab' });
  await run(page, '{}');
  await expect(bar(page)).toContainText('Completed');
  await expect(node(page, 'price')).toHaveAccessibleName(/Completed, pinned/);
  await bar(page).getByRole('button', { name: 'Close the run' }).click();

  await select(page, 'price');
  await canvas(page).focus();
  await page.keyboard.press('p');
  await expect(node(page, 'price')).not.toHaveAccessibleName(/pinned/);
  await page.keyboard.press('p');
  await expect(node(page, 'price')).toHaveAccessibleName(/pinned/);
  await inspector(page).getByRole('tab', { name: 'Test' }).click();
  await expect(inspector(page).getByLabel('Output')).toHaveValue('{\n  "amount": 12\n}');
  await page.close();
});

test('one step with given values, and from a step on with the data of a past run', async () => {
  const page = await open('Steps', [
    step('first', 'transform', { value: { expr: 'input.n + 1' } }),
    step('second', 'transform', { value: { expr: 'steps.first.output * 10' } }),
    end('steps.second.output'),
  ]);
  await run(page, '{ "n": 4 }');
  await expect(bar(page)).toContainText('Completed');
  await bar(page).getByRole('button', { name: 'Close the run' }).click();

  await select(page, 'second');
  await runCommand(page, 'Run this step');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Values')).toHaveValue(/"first": 5/);
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await dialog.getByLabel('Values').fill('{ "steps": { "first": 7 } }');
  await dialog.getByRole('button', { name: 'Run this step' }).click();
  await expect(bar(page)).toContainText('Completed');
  await expect(node(page, 'second')).toHaveAccessibleName(/Completed/);
  await expect(node(page, 'first')).toHaveAccessibleName(/Not reached/);
  await expect(node(page, 'done')).toHaveAccessibleName(/Not reached/);
  await output(page, '70');

  await page.goBack();
  await select(page, 'second');
  await runCommand(page, 'Run from here');
  await dialog.getByRole('combobox', { name: 'Data of' }).click();
  // The oldest of them: the run of the whole draft.
  await page.getByRole('option').filter({ hasText: 'Completed' }).last().click();
  await expect(dialog.getByLabel('Values')).toHaveValue(/"first": 5/);
  await dialog.getByRole('button', { name: 'Run from here' }).click();
  await expect(bar(page)).toContainText('Completed');
  await output(page, '50');
  await page.close();
});

test('timers are skipped', async () => {
  const page = await open('Timers', [step('month', 'timer', { mode: 'for', value: '30d' }), end('"awake"')]);
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /^Skip timers/ }).check();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await dialog.getByRole('button', { name: 'Run the draft' }).click();
  await expect(bar(page)).toContainText('Timers are skipped');
  await expect(bar(page)).toContainText('Completed');
  await page.close();
});

test('a scenario made of a run passes, blocks publishing once it is broken, and lets it pass once it is mended', async () => {
  const page = await open('Scenarios', [step('total', 'transform', { value: { expr: 'input.n * 3' } }), end('steps.total.output')]);
  await run(page, '{ "n": 5 }');
  await expect(bar(page)).toContainText('Completed');
  await bar(page).getByRole('button', { name: 'Close the run' }).click();

  await runCommand(page, 'Scenarios');
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await dialog.getByRole('button', { name: 'New from this run' }).click();
  await expect(dialog.getByLabel('Exactly this output')).toHaveValue('15');
  await dialog.getByLabel('Title').fill('Three times');
  await dialog.getByRole('button', { name: 'Run all' }).click();
  await expect(dialog.getByText(/^Passed in/)).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });

  await dialog.getByLabel('Exactly this output').fill('16');
  await dialog.getByRole('button', { name: 'Run this one' }).click();
  await expect(dialog.getByText('Its output is another.')).toBeVisible();
  await expect(dialog.getByLabel('Expected', { exact: true })).toHaveText('16');
  await expect(dialog.getByLabel('Actual')).toHaveText('15');
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'Publish' }).click();
  const publish = page.getByRole('dialog', { name: 'Publish v1?' });
  await publish.getByRole('button', { name: 'Publish v1' }).click();
  await expect(publish.getByText('Not published: one scenario fails.')).toBeVisible();
  await expect(publish.getByRole('button', { name: 'Publish anyway' })).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await publish.getByRole('button', { name: 'Cancel' }).click();
  await expect(publish).toHaveCount(0);

  await runCommand(page, 'Scenarios');
  await dialog.getByLabel('Exactly this output').fill('15');
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Publish' }).click();
  await publish.getByRole('button', { name: 'Publish v1' }).click();
  await expect(page.getByText('Published as v1')).toBeVisible();
  await page.close();
});

test('test runs are purged together', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/instances?view=all&tests=only`);
  await expect(page.getByRole('row').filter({ hasText: 'Draft' }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Purge test runs…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Purge test runs' }).click();
  await expect(page.getByText(/test runs purged/)).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Draft' })).toHaveCount(0);
  await page.close();
});

interface Step {
  id: string;
  type: string;
  config: object;
}

function step(id: string, type: string, config: object): Step {
  return { id, type, config };
}

function end(expr: string): Step {
  return step('done', 'end', { value: { expr } });
}

/** A workflow of steps in a row, opened in the designer. */
async function open(title: string, steps: readonly Step[]): Promise<Page> {
  const all = [step('start', 'start', {}), ...steps];
  const key = `try-${title.toLowerCase()}`;
  await createWorkflow(context, perdure, {
    key,
    title: `Try ${title}`,
    nodes: all.map(({ id, type, config }, i) => ({ id, type, title: id, parent: null, position: { x: 80, y: 40 + 96 * i }, config })),
    edges: edges(steps.map(({ id }, i) => `${all[i]?.id ?? ''} > ${id}`)),
  });
  const page = await openDesigner(context, perdure, key);
  await expect(node(page, 'done')).toBeVisible();
  return page;
}

async function run(page: Page, input: string): Promise<void> {
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Input').fill(input);
  await dialog.getByRole('button', { name: 'Run the draft' }).click();
}

/** On the page of the run that is watched. */
async function output(page: Page, text: string): Promise<void> {
  await bar(page).getByRole('link', { name: 'Open instance' }).click();
  await expect(page.getByText(text, { exact: true }).first()).toBeVisible();
}

function bar(page: Page): Locator {
  return page.getByRole('status', { name: 'Run' });
}
