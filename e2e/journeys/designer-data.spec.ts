import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { add, box, createWorkflow, edges, inspector, newWorkflow, node, openDesigner, runCommand, select, step } from '../designer.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
  // What the editor offers as examples is from a run; its input is the sample's own.
  const instance = `${perdure.origin}/runtime/webhooks/durabletask`;
  const started = await context.request.post(`${instance}/orchestrators/order-approval/DATA-1?code=${perdure.apiKey}`, { data: {} });
  expect(started.status(), await started.text()).toBe(202);
  const read = async (): Promise<unknown> =>
    ((await (await context.request.get(`${instance}/instances/DATA-1?code=${perdure.apiKey}`)).json()) as { customStatus: unknown })
      .customStatus;
  await expect.poll(read).not.toBeNull();
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

test('an expression is completed by keyboard from what a real run gave, and its result is shown', async () => {
  const page = await openSample();
  await select(page, 'Credit check');
  const body = inspector(page).getByRole('group', { name: 'Body', exact: true });
  await body.getByRole('button', { name: 'Expression' }).click();
  // What was a literal with expressions inside is the same as one expression.
  await expect(body.getByRole('textbox')).toContainText('input.customer');
  await body.getByRole('textbox').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('$uppercase(input.cust');
  const offers = page.getByRole('listbox');
  await expect(offers.getByRole('option', { name: /^customer.*text.*Nordlicht AB/ })).toBeVisible();
  await expect(page.getByText('The text in capital letters.')).toBeVisible();
  // While it is looked up anew, what is shown cannot be taken.
  await expect(page.locator('.cm-tooltip-autocomplete-disabled')).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(body.getByRole('textbox')).toHaveText('$uppercase(input.customer)');
  await expect(body.getByRole('status', { name: 'Result' })).toContainText('NORDLICHT AB');
  await expect(body.getByRole('status', { name: 'Result' })).toContainText('text');
  // Tab takes what is offered; with nothing offered it leaves. Esc goes back to the canvas.
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Canvas' })).toBeFocused();
  await page.close();
});

test('before the first run the values are those of the input schema, and nothing is made up for what steps give', async () => {
  const inputSchema = {
    type: 'object',
    properties: {
      customer: { type: 'string', default: 'Nordlicht AB' },
      amount: { type: 'number', examples: [40] },
      note: { type: 'string' },
    },
  };
  await createWorkflow(context, perdure, {
    key: 'not-run',
    nodes: [
      step('start', 'start', 0, 0, { config: { inputSchema } }),
      step('ask', 'http', 0, 100, { config: { method: 'GET', url: 'https://example.test/rates' } }),
      step('sum', 'transform', 0, 200, { config: { value: { expr: 'input.amount * 2' } } }),
    ],
    edges: edges(['start > ask', 'ask > sum']),
  });
  const page = await openDesigner(context, perdure, 'not-run');
  await select(page, 'sum');
  await expect(inspector(page).getByText('No run yet: values from the input schema.')).toBeVisible();
  const tree = inspector(page).getByRole('tree');
  await expect(tree.getByRole('treeitem', { name: 'input.customer, text "Nordlicht AB"' })).toBeVisible();
  await expect(tree.getByRole('treeitem', { name: 'input.note, text', exact: true })).toBeVisible();
  const value = inspector(page).getByRole('group', { name: 'Value', exact: true });
  await value.getByRole('textbox').click();
  await expect(value.getByRole('status', { name: 'Result' })).toContainText('80');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('input.amount * steps.ask.output.status');
  await expect(value.getByRole('status', { name: 'Result' })).toContainText('No run yet: what steps.ask holds');
  await expectNoSeriousFault(page);

  // A trial begins with the same values.
  await runCommand(page, 'Run this step');
  await expect(page.getByRole('dialog').getByLabel('Values')).toHaveValue(/"customer": "Nordlicht AB"/);
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await page.close();
});

test('what is wrong is said where it stands: syntax, names, data that does not fit, failures with this data', async () => {
  const page = await openSample();
  await select(page, 'Approve order');
  const due = inspector(page).getByRole('group', { name: 'Due', exact: true });
  await due.getByRole('button', { name: 'Expression' }).click();
  const editor = due.getByRole('textbox');
  const write = async (source: string): Promise<void> => {
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(source);
  };
  await write('input.(');
  await expect(due.locator('.ds-fault')).toBeVisible();
  await expect(due.locator('.cm-lintRange-error')).toBeVisible();
  await write('inptu.amount');
  await expect(due.getByText('There is no inptu. Did you mean input?')).toBeVisible();
  await expect(due.locator('.cm-lintRange-warning')).toHaveText('inptu');
  await write('input.custommer');
  await expect(due.getByText(/has no custommer.*Did you mean customer/)).toBeVisible();
  await expect(due.locator('.cm-lintRange-info')).toHaveText('custommer');
  await write('input.amount');
  await expect(due.getByText(/A number is milliseconds/)).toBeVisible();
  await write('input.customer');
  await expect(due.getByText(/is neither a duration/)).toBeVisible();
  await write('input.customer - 1');
  await expect(due.getByRole('status', { name: 'Result' })).toContainText('Fails with this data');
  await write('"2d"');
  await expect(due.getByRole('status', { name: 'Result' })).toContainText('"2d"');
  await expect(due.locator('.ds-fault, .ds-misfit, .ds-remark')).toHaveCount(0);
  await page.close();
});

test('a path is picked by click and by keyboard: into a text, and into an expression', async () => {
  const page = await openSample();
  await select(page, 'Take payment');
  const url = inspector(page).getByRole('group', { name: 'URL', exact: true });
  await url.getByRole('textbox').click();
  await page.keyboard.press('End');
  const tree = inspector(page).getByRole('tree');
  const order = tree.getByRole('treeitem', { name: /^input,/ });
  await order.focus();
  await page.keyboard.press('ArrowRight');
  await tree.getByRole('treeitem', { name: /^input\.id,/ }).click();
  await expect(url.getByRole('textbox')).toHaveText(/^"demo:.*" & input\.id$/);
  await expect(url.getByRole('textbox')).toBeFocused();
  await page.keyboard.type(' & ');
  // The tree has one tab stop and remembers where it was.
  await tree.getByRole('treeitem', { name: /^input\.id,/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(url.getByRole('textbox')).toHaveText(/ & input\.id & input\.customer$/);
  // Back to the literal, and what was typed there is still there.
  await url.getByRole('button', { name: 'Form' }).click();
  await expect(url.getByRole('textbox')).toHaveValue(/^demo:/);
  await page.close();
});

test('a path is dragged onto a field: a literal becomes an expression, an expression gets it where it is dropped', async () => {
  const page = await openSample();
  await select(page, 'Take payment');
  const url = inspector(page).getByRole('group', { name: 'URL', exact: true });
  const tree = inspector(page).getByRole('tree');
  await tree.getByRole('treeitem', { name: /^input,/ }).focus();
  await page.keyboard.press('ArrowRight');
  const path = tree.getByRole('treeitem', { name: /^input\.id,/ });
  await path.hover();
  await page.mouse.down();
  // The drag begins before the panel is scrolled to the field.
  const at = await box(path);
  await page.mouse.move(at.x + at.width / 2, at.y - 20, { steps: 4 });
  await url.getByRole('textbox').hover();
  await page.mouse.up();
  await expect(url.getByRole('textbox')).toHaveText(/input\.id/);
  await expect(url.getByRole('button', { name: 'Form' })).toBeVisible();
  await page.close();
});

test('a condition is built from rows, opens as rows again, and holds in a run', async () => {
  const page = await newWorkflow(context, perdure, 'Sizes');
  await add(page, 'Condition');
  await inspector(page)
    .getByRole('button', { name: /from rows$/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Use' })).toHaveAttribute('aria-disabled', 'true');
  const first = dialog.getByRole('group', { name: 'Condition 1' });
  await first.getByLabel('Value', { exact: true }).fill('input.amount');
  await first.getByLabel('Test').selectOption('is more than');
  await first.getByLabel('Kind of value').selectOption('Number');
  await first.getByLabel('Compared with').fill('100');
  await dialog.getByRole('button', { name: 'Add condition' }).click();
  const second = dialog.getByRole('group', { name: 'Condition 2' });
  await second.getByLabel('Value', { exact: true }).fill('input.country');
  await second.getByLabel('Test').selectOption('is one of');
  await second.getByLabel('Values, separated by commas').fill('SE, DK');
  await expect(dialog.getByLabel('As an expression')).toHaveText('input.amount > 100 and input.country in ["SE", "DK"]');
  await expectNoSeriousFault(page);
  await dialog.getByRole('button', { name: 'Use' }).click();
  await expect(inspector(page).getByRole('textbox', { name: /holds when/ })).toHaveText(
    'input.amount > 100 and input.country in ["SE", "DK"]',
  );
  await inspector(page)
    .getByRole('button', { name: /from rows$/ })
    .click();
  await expect(dialog.getByRole('group', { name: 'Condition 2' }).getByLabel('Values, separated by commas')).toHaveValue('SE, DK');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await select(page, 'End');
  const result = inspector(page).getByRole('group', { name: 'Result', exact: true });
  await result.getByRole('textbox').click();
  await page.keyboard.press('Control+A');
  // The canvas shows the expression, the run what it gives.
  await page.keyboard.insertText('$uppercase("large")');
  await runDraft(page, '{ "amount": 500, "country": "DK" }');
  await expect(page.getByText(/LARGE/).first()).toBeVisible();
  await page.goBack();
  await expect(node(page, 'End')).toBeVisible();
  await runDraft(page, '{ "amount": 500, "country": "FR" }');
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(page.getByText(/LARGE/)).toHaveCount(0);
  await page.close();
});

test('what has no rows stays an expression, with the reason', async () => {
  const page = await newWorkflow(context, perdure, 'No rows');
  await add(page, 'Condition');
  const when = inspector(page).getByRole('textbox', { name: /holds when/ });
  await when.click();
  await page.keyboard.insertText('$sum(input.lines.price) > 10');
  await inspector(page)
    .getByRole('button', { name: /from rows$/ })
    .click();
  await expect(page.getByRole('dialog').getByText(/\$sum/).first()).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(when).toHaveText('$sum(input.lines.price) > 10');
  await page.close();
});

test('an input schema is built from fields, previewed, and asked for when it runs', async () => {
  const page = await newWorkflow(context, perdure, 'Asked');
  await select(page, 'Start');
  await inspector(page).getByRole('button', { name: 'Build a form…' }).click();
  const dialog = page.getByRole('dialog');
  const preview = dialog.getByRole('region', { name: 'Preview' });
  await dialog.getByRole('button', { name: 'Add field' }).click();
  const name = dialog.getByRole('textbox', { name: 'Name' });
  await expect(name).toBeFocused();
  await page.keyboard.type('amount');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Type of amount').selectOption('Number');
  await dialog.getByLabel('amount is required').check();
  await dialog.getByRole('button', { name: 'Open amount' }).click();
  await dialog.getByLabel('Title').fill('Amount to pay');
  await dialog.getByLabel('At least').fill('1');
  await expect(preview.getByLabel('Amount to pay')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await page.keyboard.type('tier');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Type of tier').selectOption('Choice');
  // The second comes first, by keys.
  await dialog.getByRole('textbox', { name: 'Name' }).nth(1).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(dialog.getByRole('textbox', { name: 'Name' }).first()).toHaveValue('tier');
  await expect(preview.getByRole('radio', { name: 'First' })).toBeVisible();
  // And back again, with the mouse.
  await dialog
    .getByTitle('Drag, or Alt+↑ and Alt+↓')
    .last()
    .dragTo(dialog.getByRole('textbox', { name: 'Name' }).first());
  await expect(dialog.getByRole('textbox', { name: 'Name' }).first()).toHaveValue('amount');
  await expectNoSeriousFault(page);

  // What the fields do not show goes round through JSON unharmed; what would fail later is refused here.
  await dialog.getByRole('tab', { name: 'JSON' }).click();
  const json = dialog.getByRole('textbox', { name: 'JSON Schema' });
  await json.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "allOf": [{ "$ref": "#" }] }');
  await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('without end');
  await expect(dialog.getByRole('button', { name: 'Use' })).toHaveAttribute('aria-disabled', 'true');
  await json.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(
    '{ "type": "object", "required": ["amount"], "minProperties": 1, "properties": { "amount": { "type": "number", "title": "Amount to pay", "x-unit": "EUR" } } }',
  );
  await dialog.getByRole('tab', { name: 'Fields' }).click();
  await expect(dialog.getByText('minProperties')).toBeVisible();
  await dialog.getByRole('button', { name: 'Open amount' }).click();
  await expect(dialog.getByText('x-unit')).toBeVisible();
  await dialog.getByLabel('Help').fill('In euros.');
  await dialog.getByRole('button', { name: 'Use' }).click();
  await expect(inspector(page).getByRole('list', { name: 'Fields of Input schema' })).toContainText('amount');
  await inspector(page).getByText('As JSON').click();
  await expect(inspector(page).getByRole('textbox', { name: 'Input schema' })).toContainText('"x-unit": "EUR"');
  await expect(inspector(page).getByRole('textbox', { name: 'Input schema' })).toContainText('"minProperties": 1');

  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByRole('dialog').getByLabel('Amount to pay')).toBeVisible();
  await expect(page.getByRole('dialog').getByText('In euros.')).toBeVisible();
  await page.close();
});

test('people of a task are named one by one, or by an expression', async () => {
  const page = await newWorkflow(context, perdure, 'Named');
  await add(page, 'Human task');
  const candidates = inspector(page).getByRole('group', { name: 'Candidates', exact: true });
  const names = candidates.getByRole('combobox', { name: 'Candidates' });
  await names.fill('finance');
  await names.press('Enter');
  await names.fill('ada@example.test');
  await names.press('Enter');
  await expect(node(page, 'Human task')).toContainText('Finance, ada@example.test');
  await names.press('Backspace');
  await expect(node(page, 'Human task')).toContainText('Finance');
  await expect(node(page, 'Human task')).not.toContainText('ada@example.test');
  await candidates.getByRole('button', { name: 'Expression' }).click();
  await expect(candidates.getByRole('textbox')).toContainText('"finance"');
  await page.close();
});

test('a field is marked as sensitive: typed unseen, and its value stays behind when the step is copied', async () => {
  const page = await newWorkflow(context, perdure, 'Guarded');
  await add(page, 'Human task');
  await inspector(page).getByRole('button', { name: 'Build a form…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await page.keyboard.type('code');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Open code' }).click();
  await dialog.getByLabel('Default').fill('open sesame');
  await dialog.getByRole('checkbox', { name: 'Sensitive' }).check();
  await expect(dialog.getByRole('img', { name: 'code is sensitive' })).toBeVisible();
  await expect(dialog.getByText(/Shown as ••• to people who may not see sensitive data/)).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Preview' }).locator('input[type="password"]')).toHaveValue('open sesame');
  await expectNoSeriousFault(page);
  await dialog.getByRole('button', { name: 'Use' }).click();
  await inspector(page).getByText('As JSON').click();
  await expect(inspector(page).getByRole('textbox', { name: 'Form' })).toContainText('"x-sensitive": true');

  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: perdure.origin });
  await select(page, 'Human task');
  await page.keyboard.press('Control+C');
  await expect(page.getByText('One sensitive value held back')).toBeVisible();
  await expect(page.getByText('The copy has no value for code.')).toBeVisible();
  const copied = String(await page.evaluate('navigator.clipboard.readText()'));
  expect(copied).toContain('"x-sensitive": true');
  expect(copied).not.toContain('open sesame');
  await page.close();
});

test('a schema is taken from a sample; sample data is typed and previews use it', async () => {
  const page = await newWorkflow(context, perdure, 'Sampled');
  await select(page, 'Start');
  await inspector(page).getByRole('button', { name: 'Build a form…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'From a sample' }).click();
  await dialog.getByRole('textbox', { name: 'Sample' }).click();
  await page.keyboard.insertText('{ "mail": "a@b.test", "lines": [{ "sku": "x", "count": 2 }] }');
  await dialog.getByRole('button', { name: 'Make the schema' }).click();
  await expect(dialog.getByLabel('Type of mail')).toHaveValue('email');
  await expect(dialog.getByLabel('Type of lines')).toHaveValue('objects');
  await dialog.getByRole('button', { name: 'Use' }).click();

  await add(page, 'Transform');
  // Before anything ran the schema tells the names.
  await expect(inspector(page).getByRole('treeitem', { name: 'input.mail, text' })).toBeVisible();
  await inspector(page)
    .getByRole('button', { name: /^Data for previews/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Type sample data…' }).click();
  await expect(dialog.getByRole('heading', { name: 'Sample data' })).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Sample data' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "input": { "mail": "me@home.test", "lines": [] } }');
  await expectNoSeriousFault(page);
  await dialog.getByRole('button', { name: 'Use' }).click();
  const value = inspector(page).getByRole('group', { name: 'Value', exact: true });
  await value.getByRole('textbox').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('input.mail');
  await expect(value.getByRole('status', { name: 'Result' })).toContainText('me@home.test');
  await value.getByRole('button', { name: 'Open “Value” larger' }).click();
  await expect(dialog.getByRole('status', { name: 'Result' })).toContainText('me@home.test');
  await expectNoSeriousFault(page);
  await page.keyboard.type(' & "!"');
  await dialog.getByRole('button', { name: 'Use' }).click();
  await expect(value.getByRole('textbox')).toHaveText('input.mail & "!"');
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await page.reload();
  await select(page, 'Transform');
  await expect(inspector(page).getByRole('treeitem', { name: 'input.mail, text "me@home.test"' })).toBeVisible();
  await page.close();
});

test('a time span says what it comes to, takes other words, and is switched by a key without loss', async () => {
  const page = await newWorkflow(context, perdure, 'Times');
  await add(page, 'Timer');
  const time = inspector(page).getByRole('group', { name: 'Time', exact: true });
  const input = time.getByRole('textbox', { name: 'Time' });
  await input.fill('90 min');
  await expect(time.getByText('Reads as 90m')).toBeVisible();
  await input.blur();
  await expect(input).toHaveValue('90m');
  await expect(time.getByText(/^1 hour 30 minutes/)).toBeVisible();
  await input.focus();
  await page.keyboard.press('Alt+KeyE');
  await expect(time.getByRole('textbox')).toHaveText('"90m"');
  await page.keyboard.press('Alt+KeyE');
  await expect(time.getByRole('textbox', { name: 'Time' })).toHaveValue('90m');
  await page.close();
});

async function openSample(): Promise<Page> {
  const page = await openDesigner(context, perdure, 'order-approval');
  await expect(node(page, 'Credit check')).toBeVisible();
  return page;
}

/** Runs the draft and goes to its instance. */
async function runDraft(page: Page, input: string): Promise<void> {
  await page.getByRole('button', { name: /^Run/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Input', { exact: true }).fill(input);
  await dialog.getByRole('button', { name: 'Run the draft' }).click();
  await page.getByRole('link', { name: 'Open instance' }).click();
  await page.waitForURL(/\/instances\//);
}
