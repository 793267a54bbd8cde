import { expect, test, type BrowserContext } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { add, box, canvas, edge, inspector, newWorkflow, node, select } from '../designer.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: perdure.origin });
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

test('undo, redo, copy, paste, delete, tidy; a reload keeps the draft', async () => {
  const page = await newWorkflow(context, perdure, 'Edits');
  await add(page, 'Timer');
  await expect(node(page, 'Timer')).toHaveCount(1);
  await page.keyboard.press('Control+Z');
  await expect(node(page, 'Timer')).toHaveCount(0);
  await page.keyboard.press('Control+Shift+Z');
  await expect(node(page, 'Timer')).toHaveCount(1);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(node(page, 'Timer')).toHaveCount(0);
  await page.getByRole('button', { name: /^Redo/ }).click();
  await expect(node(page, 'Timer')).toHaveCount(1);

  await select(page, 'Timer');
  await canvas(page).focus();
  await page.keyboard.press('Control+C');
  await page.keyboard.press('Control+V');
  await expect(page.getByRole('group', { name: /^Timer/ })).toHaveCount(2);
  await page.keyboard.press('Delete');
  await expect(page.getByRole('group', { name: /^Timer/ })).toHaveCount(1);

  // Dragged aside, and back in its column by itself.
  const before = await box(node(page, 'Timer'));
  await page.mouse.move(before.x + 60, before.y + 12);
  await page.mouse.down();
  await page.mouse.move(before.x + 260, before.y + 92, { steps: 6 });
  await page.mouse.up();
  await expect.poll(async () => (await box(node(page, 'Timer'))).x - (await box(node(page, 'Start'))).x).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Tidy' }).click();
  await expect.poll(async () => Math.abs((await box(node(page, 'Timer'))).x - (await box(node(page, 'Start'))).x)).toBeLessThan(4);

  await expect(page.getByText(/^Saved/)).toBeVisible();
  await page.reload();
  await expect(node(page, 'Timer')).toBeVisible();
  await page.close();
});

test('a workflow is begun by keyboard alone, then by clicks alone: each step comes before the end', async () => {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Title')).toBeFocused();
  await page.keyboard.type('Begun by keys');
  await page.keyboard.press('Enter');
  await expect(canvas(page)).toBeFocused();
  for (const type of ['Timer', 'Transform']) {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('combobox', { name: 'Add a node' })).toBeFocused();
    await page.keyboard.type(type);
    await page.keyboard.press('Enter');
    await expect(node(page, type)).toBeVisible();
    await expect(canvas(page)).toBeFocused();
  }
  for (const [from, to] of [
    ['Start', 'Timer'],
    ['Timer', 'Transform'],
    ['Transform', 'End'],
  ] as const)
    await expect(edge(page, from, to)).toHaveCount(1);
  await page.close();

  const other = await newWorkflow(context, perdure, 'Begun by clicks');
  const palette = other.getByRole('complementary', { name: 'Nodes' });
  await palette.getByRole('button', { name: 'Human task', exact: true }).click();
  await expect(edge(other, 'Human task', 'End')).toHaveCount(1);
  await palette.getByRole('button', { name: 'Timer', exact: true }).click();
  await expect(edge(other, 'Human task', 'Timer')).toHaveCount(1);
  await expect(node(other, 'Timer')).toBeVisible();
  await other.close();
});

test('a problem is shown, leads to its field and keeps the draft from being published', async () => {
  const page = await newWorkflow(context, perdure, 'Problems');
  await add(page, 'HTTP request');
  await expect(page.getByText('1 error blocks publishing')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toHaveAttribute('aria-disabled', 'true');
  await select(page, 'Start');
  await page.getByRole('button', { name: 'Show: URL is missing' }).click();
  const url = inspector(page).getByRole('group', { name: 'URL' }).getByRole('textbox');
  await expect(url).toBeFocused();
  await page.keyboard.type('https://example.test');
  await expect(page.getByText('1 error blocks publishing')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Publish' })).not.toHaveAttribute('aria-disabled', 'true');
  await page.close();
});

test('an expression that does not parse, and JSON that is none, stay visible and block publishing', async () => {
  const page = await newWorkflow(context, perdure, 'Bad text');
  await add(page, 'Transform');
  const value = inspector(page).getByRole('group', { name: 'Value', exact: true });
  await value.getByRole('button', { name: 'JSON' }).click();
  await value.getByRole('textbox').click();
  await page.keyboard.insertText('{ "amount": input.amount }');
  await expect(value.getByText(/^Not stored\. Line 1/)).toBeVisible();
  await expect(page.getByText('Value is not JSON')).toBeVisible();

  await select(page, 'End');
  await select(page, 'Transform');
  await expect(value.getByText('input.amount')).toBeVisible();
  await expect(page.getByText('Value is not JSON')).toBeVisible();
  await page.reload();
  await select(page, 'Transform');
  await expect(page.getByText('Value is not JSON')).toBeVisible();

  await value.getByRole('button', { name: 'Use as expression' }).click();
  await expect(page.getByText('Value is not JSON')).toHaveCount(0);
  await expect(page.getByText(/blocks? publishing/)).toHaveCount(0);

  await value.getByRole('textbox').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "amount": ');
  await expect(page.getByText('1 error blocks publishing')).toBeVisible();
  await page.close();
});

test('the last key pressed before Run is in the run', async () => {
  const page = await newWorkflow(context, perdure, 'Last key');
  await add(page, 'Set status');
  const value = inspector(page).getByRole('group', { name: 'Status', exact: true });
  await value.getByRole('button', { name: 'Expression' }).click();
  await value.getByRole('textbox').click();
  await page.keyboard.insertText('"first"');
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('-last');
  // At once: neither the check nor the save has come round yet.
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Run the draft' }).click();
  await expect(page.getByRole('link', { name: 'Open instance' })).toBeVisible();
  await page.getByRole('link', { name: 'Open instance' }).click();
  await expect(page.getByText('first-last').first()).toBeVisible();
  await page.close();
});

test('two tabs on one draft: the second save is told and chooses', async () => {
  const mine = await newWorkflow(context, perdure, 'Shared');
  const theirs = await context.newPage();
  await theirs.goto(mine.url());
  await expect(node(theirs, 'Start')).toBeVisible();
  await add(theirs, 'Timer');
  await expect(theirs.getByText(/^Saved/)).toBeVisible();
  await add(mine, 'Event');
  const dialog = mine.getByRole('dialog', { name: 'The draft has changed' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Replace theirs' }).click();
  await expect(mine.getByText(/^Saved/)).toBeVisible();
  await theirs.close();
  await mine.reload();
  await expect(node(mine, 'Event')).toBeVisible();
  await expect(node(mine, 'Timer')).toHaveCount(0);
  await mine.close();
});

test('dark, when the system is', async () => {
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${perdure.origin}/workflows/order-approval`);
  await expect(node(page, 'Credit check')).toBeVisible();
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(14, 17, 18)');
  await page.close();
});
