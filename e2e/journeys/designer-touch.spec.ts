/** The designer by finger, on a tablet: fingers are sent to the browser itself, which makes of them what it makes of real ones. */
import { expect, test, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { box, canvas, createWorkflow, edge, edges, inspector, node, openDesigner, step } from '../designer.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';
import { signIn } from '../sign-in.ts';

let perdure: ServerProcess;
let context: BrowserContext;

test.beforeAll(async ({ browser }) => {
  perdure = await startServerProcess();
  context = await signIn(browser, perdure, { viewport: { width: 1024, height: 768 }, hasTouch: true });
});

test.afterAll(async () => {
  await context.close();
  await perdure.stop();
});

interface Point {
  x: number;
  y: number;
}

test('one finger pans, also from a node; two zoom; a tap selects and what is selected is dragged', async () => {
  const { page, fingers } = await open('pan', [step('ask', 'transform', 0, 160, { config: { value: { expr: 'input' } } })]);
  const before = await box(node(page, 'ask'));
  const area = await box(canvas(page));
  const empty = { x: area.x + 40, y: area.y + 420 };
  await swipe(fingers, empty, { x: empty.x + 60, y: empty.y - 40 });
  const panned = await box(node(page, 'ask'));
  expect(panned.x - before.x).toBeGreaterThan(40);
  expect(before.y - panned.y).toBeGreaterThan(20);

  // Not selected, a node is part of the canvas; only the view moves.
  const held = { x: panned.x + 60, y: panned.y + 12 };
  await swipe(fingers, held, { x: held.x - 50, y: held.y + 40 });
  await expect.poll(async () => (await box(node(page, 'ask'))).x).toBeLessThan(panned.x - 30);
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveAttribute('aria-disabled', 'true');

  const at = await box(node(page, 'ask'));
  await tap(fingers, { x: at.x + 60, y: at.y + 12 });
  await expect(inspector(page).getByRole('textbox', { name: 'Title' }).first()).toHaveValue('ask');
  await swipe(fingers, { x: at.x + 60, y: at.y + 12 }, { x: at.x + 90, y: at.y + 112 });
  await expect(page.getByRole('button', { name: 'Undo: Move node' })).toBeVisible();

  const first = await box(node(page, 'start'));
  const middle = { x: area.x + area.width / 2, y: area.y + area.height - 200 };
  await pinch(fingers, middle, 120, 60);
  await expect.poll(async () => (await box(node(page, 'start'))).width).toBeLessThan(first.width * 0.8);
  await expectNoSeriousFault(page);
  await page.close();
});

test('a finger that rests opens the menu of what is under it', async () => {
  const { page, fingers } = await open('menu', [step('ask', 'transform', 0, 160, { config: { value: { expr: 'input' } } })]);
  const at = await box(node(page, 'ask'));
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: at.x + 60, y: at.y + 12 }] });
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: /^Rename/ })).toBeVisible();
  // Letting go is no tap: the menu stays.
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const duplicate = await box(menu.getByRole('menuitem', { name: /^Duplicate/ }));
  await tap(fingers, { x: duplicate.x + 20, y: duplicate.y + 8 });
  await expect(menu).toHaveCount(0);
  await expect(page.getByRole('group', { name: /^ask/ })).toHaveCount(2);
  await page.close();
});

test('a wire is pulled from beside its port to another node; a node is added by a tap on the palette and in the middle of an edge', async () => {
  const { page, fingers } = await open('wire', [step('last', 'end', 0, 260)], ['start > last']);
  const start = await box(node(page, 'start'));
  const last = await box(node(page, 'last'));
  await tap(fingers, { x: last.x + last.width / 2, y: (start.y + start.height + last.y) / 2 });
  const insert = await box(page.getByRole('button', { name: 'Insert a node here' }));
  await tap(fingers, { x: insert.x + insert.width / 2, y: insert.y + insert.height / 2 });
  await expect(page.getByRole('dialog', { name: 'Add a node' })).toBeVisible();
  await page.keyboard.press('Escape');

  await tap(fingers, { x: start.x + 60, y: start.y + 12 });
  await expect(inspector(page).getByRole('textbox', { name: 'Title' }).first()).toHaveValue('start');
  await tapOn(fingers, page, 'Nodes', 'Timer');
  await expect(edge(page, 'start', 'Timer')).toHaveCount(1);
  await expect(edge(page, 'Timer', 'last')).toHaveCount(1);

  const { page: other, fingers: more } = await open('pull', [
    step('a', 'transform', 0, 100, { config: { value: { expr: 'input' } } }),
    step('b', 'transform', 0, 260, { config: { value: { expr: 'input' } } }),
  ]);
  const a = await box(node(other, 'a'));
  const b = await box(node(other, 'b'));
  // Ten pixels below the port: a finger is not that exact.
  await swipe(more, { x: a.x + a.width / 2 + 8, y: a.y + a.height + 10 }, { x: b.x + b.width / 2, y: b.y + 10 });
  await expect(edge(other, 'a', 'b')).toHaveCount(1);
  await page.close();
  await other.close();
});

test('a selected edge is taken by its end and led to another node', async () => {
  const value = { config: { value: { expr: 'input' } } };
  const { page, fingers } = await open(
    'reconnect',
    [step('a', 'transform', 0, 120, value), step('b', 'transform', 0, 360, value), step('c', 'transform', 320, 360, value)],
    ['a > b'],
  );
  const a = await box(node(page, 'a'));
  const b = await box(node(page, 'b'));
  const c = await box(node(page, 'c'));
  const lane = { x: a.x + a.width / 2, y: a.y + a.height + 60 };
  await tap(fingers, lane);
  await expect(page.locator('.react-flow__edgeupdater')).toHaveCount(2);
  // A little beside the end: a finger is not that exact. It is dropped on the node, not on its port.
  await swipe(fingers, { x: b.x + b.width / 2 + 8, y: b.y - 12 }, { x: c.x + 30, y: c.y + 30 });
  await expect(edge(page, 'a', 'c')).toHaveCount(1);
  await expect(edge(page, 'a', 'b')).toHaveCount(0);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(edge(page, 'a', 'b')).toHaveCount(1);

  // Dropped nowhere it stays, and nothing asks what to add.
  await tap(fingers, lane);
  await expect(page.locator('.react-flow__edgeupdater')).toHaveCount(2);
  await swipe(fingers, { x: b.x + b.width / 2, y: b.y - 10 }, { x: b.x - 120, y: b.y + 40 });
  await expect(edge(page, 'a', 'b')).toHaveCount(1);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.close();
});

async function open(
  key: string,
  steps: Parameters<typeof createWorkflow>[2]['nodes'],
  joined: string[] = [],
): Promise<{ page: Page; fingers: CDPSession }> {
  await createWorkflow(context, perdure, { key, nodes: [step('start', 'start', 0, 0), ...steps], edges: edges(joined) });
  const page = await openDesigner(context, perdure, key);
  return { page, fingers: await context.newCDPSession(page) };
}

async function tap(fingers: CDPSession, at: Point): Promise<void> {
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

async function tapOn(fingers: CDPSession, page: Page, part: string, name: string): Promise<void> {
  const { x, y, width, height } = await box(page.getByRole('complementary', { name: part }).getByRole('button', { name, exact: true }));
  await tap(fingers, { x: x + width / 2, y: y + height / 2 });
}

async function swipe(fingers: CDPSession, from: Point, to: Point): Promise<void> {
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
  for (let i = 1; i <= 8; i += 1) {
    const at = { x: from.x + ((to.x - from.x) * i) / 8, y: from.y + ((to.y - from.y) * i) / 8 };
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at] });
  }
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

/** Two fingers side by side, brought from one distance to another. */
async function pinch(fingers: CDPSession, middle: Point, from: number, to: number): Promise<void> {
  const pair = (apart: number): { x: number; y: number; id: number }[] => [
    { x: middle.x - apart / 2, y: middle.y, id: 0 },
    { x: middle.x + apart / 2, y: middle.y, id: 1 },
  ];
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: pair(from) });
  for (let i = 1; i <= 8; i += 1)
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: pair(from + ((to - from) * i) / 8) });
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
