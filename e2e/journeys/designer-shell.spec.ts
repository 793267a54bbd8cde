import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { box, canvas, createWorkflow, edges, inspector, node, openDesigner, select, step, openPalette } from '../designer.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
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

test('the command palette adds, finds, does and goes; what was used stands first', async () => {
  const page = await open('commands');
  await page.keyboard.press('Control+K');
  const box = page.getByRole('combobox', { name: 'Commands' });
  await expect(box).toBeFocused();
  await page.keyboard.type('add timer');
  await expect(options(page, { selected: true })).toHaveAccessibleName(/Add Timer/);
  await page.keyboard.press('Enter');
  await expect(node(page, 'Timer')).toBeVisible();
  await expect(box).toHaveCount(0);

  await page.keyboard.press('Control+K');
  // Last used, first listed.
  await expect(options(page).first()).toHaveAccessibleName(/Add Timer/);
  await page.keyboard.type('send');
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('textbox', { name: 'Title' })).toHaveValue('Send');
  await expect(box).toHaveCount(0);

  await openPalette(page, 'align left');
  // Listed with the reason; Enter does nothing.
  await expect(options(page, { name: /Align left/ })).toHaveAttribute('aria-disabled', 'true');
  await expect(options(page, { name: /Select at least two nodes/ }).first()).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);

  await openPalette(page, 'order approval');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/workflows\/order-approval$/);
  await page.close();
});

test('a node is added by a few letters; what was added lately stands first; a page is gone to by its name', async () => {
  const page = await open('quick');
  await select(page, 'Send');
  await canvas(page).focus();
  await page.keyboard.press('Tab');
  const box = page.getByRole('combobox', { name: 'Add a node' });
  await expect(box).toBeFocused();
  await page.keyboard.type('no such thing');
  await expect(page.getByText('No node is called “no such thing”.')).toBeVisible();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('human');
  await expect(page.getByRole('listbox', { name: 'Nodes' }).getByRole('option', { selected: true })).toHaveText(/Human task/);
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await page.keyboard.press('Enter');
  await expect(node(page, 'Human task')).toBeVisible();
  await select(page, 'Human task');
  await canvas(page).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('listbox', { name: 'Nodes' }).getByRole('option').first()).toHaveText(/Human task/);
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);

  await openPalette(page, 'entities');
  await expect(options(page, { selected: true })).toHaveAccessibleName(/^Entities/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/entities/);
  await page.close();
});

test('the sheet of keys and the context menu come from the same commands', async () => {
  const page = await open('menus');
  await canvas(page).focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet.getByText('Duplicate')).toBeVisible();
  // One list of pages for the rail, the palette, the keys and this sheet.
  for (const name of ['dashboard', 'workflows', 'instances', 'entities', 'inbox', 'incidents', 'jobs', 'settings'])
    await expect(sheet.getByText(`Go to ${name}`, { exact: true })).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);

  await node(page, 'Send').click({ button: 'right', position: { x: 60, y: 12 } });
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="menu"]' });
  await menu.getByRole('menuitem', { name: 'Disable' }).click();
  await expect(menu).toHaveCount(0);
  await node(page, 'Send').click({ button: 'right', position: { x: 60, y: 12 } });
  await expect(menu.getByRole('menuitem', { name: 'Enable' })).toBeVisible();
  await page.keyboard.press('Escape');

  // By key, on the selected node.
  await canvas(page).focus();
  await page.keyboard.press('Shift+F10');
  await expect(menu.getByRole('menuitem', { name: 'Duplicate' })).toBeVisible();
  await page.keyboard.press('Escape');
  await node(page, 'Start').click({ button: 'right', position: { x: 60, y: 12 } });
  await expect(menu.getByRole('menuitem', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true');
  await page.close();
});

test('several nodes: line up, group, ungroup; what cannot be grouped says why', async () => {
  const page = await open('several');
  await select(page, 'Ask');
  await select(page, 'Send', ['Shift']);
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  await expect(bar.getByText('2 selected')).toBeVisible();
  await expect(bar.getByRole('button', { name: 'Distribute vertically' })).toHaveAttribute('aria-disabled', 'true');
  await bar.getByRole('button', { name: 'Align left' }).click();
  await expect.poll(async () => (await box(node(page, 'Ask'))).x - (await box(node(page, 'Send'))).x).toBe(0);
  await page.keyboard.press('Control+Z');
  await expectNoSeriousFault(page, { part: '[role="toolbar"][aria-label="Selection"]' });

  await page.keyboard.press('Control+Shift+G');
  await page.getByRole('combobox', { name: 'Group into' }).press('Enter');
  await expect(page.getByRole('group', { name: /^Scope, / })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await openPalette(page, 'ungroup');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: /^Scope, / })).toHaveCount(0);
  await expect(node(page, 'Ask')).toBeVisible();

  await select(page, 'Start');
  await select(page, 'Ask', ['Shift']);
  await page.keyboard.press('Control+Shift+G');
  await expect(page.getByText('“Start” begins the workflow. Group what comes after it.')).toBeVisible();
  await page.close();
});

test('undo goes back behind a look at another page; what somebody else saved meanwhile is told and can be undone', async () => {
  const page = await open('history');
  await node(page, 'Send').click({ position: { x: 60, y: 12 } });
  await canvas(page).focus();
  await page.keyboard.press('Delete');
  await expect(node(page, 'Send')).toHaveCount(0);
  await expect(page.getByText(/^Saved/)).toBeVisible();

  await page.getByRole('link', { name: 'Instances' }).click();
  await expect(page).toHaveURL(/\/instances$/);
  await page.goBack();
  await expect(node(page, 'Ask')).toBeVisible();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(node(page, 'Send')).toBeVisible();
  await expect(page.getByText(/^Saved/)).toBeVisible();

  // Another tab saves while this one looks elsewhere.
  await page.getByRole('link', { name: 'Instances' }).click();
  await expect(page).toHaveURL(/\/instances$/);
  const theirs = await context.newPage();
  await theirs.goto(`${perdure.origin}/workflows/history`);
  await node(theirs, 'Ask').click({ position: { x: 60, y: 12 } });
  await canvas(theirs).focus();
  await theirs.keyboard.press('Delete');
  await expect(node(theirs, 'Ask')).toHaveCount(0);
  await expect(theirs.getByText(/^Saved/)).toBeVisible();
  await theirs.close();

  await page.goBack();
  await expect(page.getByText('The draft has changed')).toBeVisible();
  await expect(node(page, 'Ask')).toHaveCount(0);
  await page.getByRole('button', { name: /^Undo: Changes by/ }).click();
  await expect(node(page, 'Ask')).toBeVisible();
  await page.close();
});

test('find goes through titles, settings and expressions; the canvas and the form follow, the keyboard stays', async () => {
  const page = await open('finding');
  await canvas(page).focus();
  await page.keyboard.press('Control+F');
  const find = page.getByRole('search', { name: 'Find in the workflow' });
  const box = find.getByRole('textbox', { name: 'Find in the workflow' });
  await expect(box).toBeFocused();
  await page.keyboard.type('ask');
  // The title and the id of one step, and the expression of another.
  await expect(find.getByRole('status')).toHaveText('3 found');
  await page.keyboard.press('Enter');
  await expect(find.getByRole('status')).toHaveText('1 of 3');
  await expect(inspector(page).getByRole('textbox', { name: 'Title' })).toHaveValue('Ask');
  await page.keyboard.press('Shift+Enter');
  await expect(find.getByRole('status')).toHaveText('3 of 3');
  await expect(find.getByText('steps.ask.output')).toBeVisible();
  await expect(inspector(page).getByRole('textbox', { name: 'Title' })).toHaveValue('Send');
  await expect(box).toBeFocused();
  await expectNoSeriousFault(page, { part: '[role="search"]' });
  await box.fill('nowhere');
  await expect(find.getByRole('status')).toHaveText('Nothing found');
  await page.keyboard.press('Escape');
  await expect(find).toHaveCount(0);
  await expect(canvas(page)).toBeFocused();
  await page.close();
});

test('the outline does by keyboard what the canvas does: walk, rename, add, connect, move into a container, delete', async () => {
  const page = await open('outline');
  await canvas(page).focus();
  await page.keyboard.press('o');
  const tree = page.getByRole('tree', { name: 'Steps in the order they run in' });
  await expect(tree).toBeFocused();
  const item = (name: RegExp) => tree.getByRole('treeitem', { name });
  await expect(tree.getByRole('treeitem')).toHaveCount(4);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(item(/^Ask/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('F2');
  await page.keyboard.type('Ask for prices');
  await page.keyboard.press('Enter');
  await expect(node(page, 'Ask for prices')).toBeVisible();
  await expect(tree).toBeFocused();
  await expectNoSeriousFault(page, { part: '.ds-outline' });

  // After it, a container.
  await page.keyboard.press('a');
  await page.keyboard.type('scope');
  await page.keyboard.press('Enter');
  await expect(item(/^Scope/)).toHaveAttribute('aria-selected', 'true');
  await expect(item(/^Scope.*error/)).toBeVisible();
  await expect(tree).toBeFocused();

  // Send goes into it, which costs its edges; then it hangs on the body.
  await page.keyboard.press('ArrowDown');
  await expect(item(/^Send/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('m');
  await expect(page.getByRole('combobox', { name: 'Move into' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(item(/^Send/)).toHaveAttribute('aria-level', '2');
  await expect(page.getByText(/edges? (was|were) removed/)).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(item(/^Scope/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('c');
  await expect(page.getByRole('combobox', { name: 'Connect from which port' })).toBeFocused();
  await page.keyboard.type('body');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Connect Scope, Body, to' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(item(/^Send, Transform$/)).toBeVisible();

  // Closed and opened, deleted and brought back.
  await expect(tree).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(item(/^Scope/)).toHaveAttribute('aria-expanded', 'false');
  await expect(item(/^Send/)).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(item(/^Send/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Delete');
  await expect(item(/^Send/)).toHaveCount(0);
  await page.keyboard.press('Control+Z');
  await expect(item(/^Send/)).toBeVisible();
  await page.close();
});

test('a node dropped on an edge goes in between', async () => {
  const page = await open('dropping');
  const start = await box(node(page, 'Start'));
  const ask = await box(node(page, 'Ask'));
  const item = page.getByRole('complementary', { name: 'Nodes' }).getByRole('button', { name: 'Timer', exact: true });
  const held = await box(item);
  await page.mouse.move(held.x + 40, held.y + 10);
  await page.mouse.down();
  const to = { x: ask.x + ask.width / 2, y: (start.y + start.height + ask.y) / 2 };
  await page.mouse.move(to.x + 30, to.y + 4, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await expect(node(page, 'Timer')).toBeVisible();
  await canvas(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(inspector(page).getByRole('textbox', { name: 'Title' }).first()).toHaveValue('Ask');
  await page.keyboard.press('ArrowUp');
  await expect(inspector(page).getByRole('textbox', { name: 'Title' }).first()).toHaveValue('Timer');
  await page.close();
});

/** A workflow of its own: Start → Ask → Send → End. */
async function open(key: string): Promise<Page> {
  await createWorkflow(context, perdure, {
    key,
    title: `About ${key}`,
    nodes: [
      step('start', 'start', 0, 0, { title: 'Start' }),
      step('ask', 'http', 0, 100, { title: 'Ask', config: { method: 'GET', url: 'https://example.test/prices' } }),
      step('send', 'transform', 80, 200, { title: 'Send', config: { value: { expr: 'steps.ask.output' } } }),
      step('end', 'end', 0, 300, { title: 'End' }),
    ],
    edges: edges(['start > ask', 'ask > send', 'send > end']),
  });
  const page = await openDesigner(context, perdure, key);
  await expect(node(page, 'End')).toBeVisible();
  return page;
}

function options(page: Page, which: { name?: RegExp; selected?: boolean } = {}) {
  return page.getByRole('listbox', { name: 'Commands' }).getByRole('option', which);
}

test('light or dark is chosen in the menu of the account, whatever the system has, and stays', async () => {
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${perdure.origin}/workflows`);
  const scheme = page.locator('html');
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitemradio', { name: 'Light' }).click();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.close();
});
