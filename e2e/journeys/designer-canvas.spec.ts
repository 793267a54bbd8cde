import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import {
  box,
  canvas,
  createWorkflow,
  drag,
  type DrawnStep,
  edge,
  edges,
  grip,
  node,
  openDesigner,
  runCommand,
  select,
  step,
} from '../designer.ts';
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

test('a container takes what is dropped on it, is resized around its content, collapses and opens', async () => {
  const page = await openWorkflow('containers', [
    step('each', 'forEach', 0, 120, { config: { items: { expr: 'input.lines' }, mode: 'sequential' }, size: { width: 280, height: 200 } }),
    step('line', 'transform', 32, 72, { parent: 'each', config: { value: { expr: 'item' } } }),
    step('loose', 'transform', 480, 120, { config: { value: { expr: 'input' } } }),
  ]);
  const each = await box(node(page, 'each'));
  await drag(page, await grip(node(page, 'loose')), { x: each.x + each.width / 2, y: each.y + each.height - 40 });
  // It grew around its new content, and takes it along.
  await expect.poll(async () => (await box(node(page, 'each'))).height).toBeGreaterThan(each.height);
  const loose = await box(node(page, 'loose'));
  const grown = await box(node(page, 'each'));
  expect(loose.x).toBeGreaterThan(grown.x);
  expect(loose.y + loose.height).toBeLessThan(grown.y + grown.height);
  await page.getByRole('button', { name: 'Collapse each' }).click();
  await expect(node(page, 'loose')).toHaveCount(0);
  await expect(node(page, 'line')).toHaveCount(0);
  await page.getByRole('button', { name: 'Open each' }).click();
  await expect(node(page, 'loose')).toBeVisible();

  await node(page, 'each').click({ position: { x: 120, y: 14 } });
  const before = await box(node(page, 'each'));
  await drag(
    page,
    { x: before.x + before.width, y: before.y + before.height },
    { x: before.x + before.width + 90, y: before.y + before.height + 60 },
  );
  await expect.poll(async () => (await box(node(page, 'each'))).width).toBeGreaterThan(before.width + 40);
  // As small as its content, no smaller.
  const wide = await box(node(page, 'each'));
  await drag(page, { x: wide.x + wide.width, y: wide.y + wide.height }, { x: wide.x + 10, y: wide.y + 10 });
  await expect.poll(async () => (await box(node(page, 'each'))).width).toBeLessThan(wide.width);
  const small = await box(node(page, 'each'));
  const inside = await box(node(page, 'loose'));
  expect(small.x + small.width).toBeGreaterThanOrEqual(inside.x + inside.width);
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('Control+Z');
  await expect.poll(async () => (await box(node(page, 'loose'))).x - (await box(node(page, 'each'))).x).toBeGreaterThan(300);
  await page.close();
});

test('a node dropped on an edge goes in between; deleting it joins the ends again', async () => {
  const page = await openWorkflow('on-edge', [
    step('last', 'end', 0, 300),
    step('loose', 'transform', 480, 120, { config: { value: { expr: 'input' } } }),
  ]);
  const start = await box(node(page, 'start'));
  const last = await box(node(page, 'last'));
  const loose = await box(node(page, 'loose'));
  const taken = await grip(node(page, 'loose'));
  await drag(page, taken, {
    x: start.x + start.width / 2 + taken.x - loose.x - loose.width / 2,
    y: (start.y + start.height + last.y) / 2 + taken.y - loose.y - loose.height / 2,
  });
  await expect(edge(page, 'start', 'loose')).toHaveCount(1);
  await expect(edge(page, 'loose', 'last')).toHaveCount(1);
  await page.keyboard.press('Delete');
  await expect(node(page, 'loose')).toHaveCount(0);
  await expect(edge(page, 'start', 'last')).toHaveCount(1);
  await page.close();
});

test('notes: written in Markdown without HTML, edited again, copied, deleted, brought back; kept by a reload', async () => {
  const page = await openWorkflow('notes', [step('last', 'end', 0, 300)]);
  await page.getByRole('button', { name: 'Add note' }).click();
  const field = page.getByRole('textbox', { name: 'Note, in Markdown' });
  await expect(field).toBeFocused();
  await field.fill('Read **this** [rule](https://example.test) <img src=x onerror=alert(1)>');
  await page.keyboard.press('Control+Enter');
  const note = page.getByRole('group', { name: /^Note: Read/ });
  await expect(note.getByText('this', { exact: true })).toHaveCSS('font-weight', /[67]00/);
  const link = note.getByRole('link', { name: 'rule' });
  await expect(link).toHaveAttribute('rel', /noopener/);
  await expect(note.locator('img')).toHaveCount(0);
  await page.keyboard.press('F2');
  await field.fill('Short');
  await page.keyboard.press('Escape');
  await expect(note).toBeVisible();
  await page.keyboard.press('F2');
  await field.fill('Second text');
  await page.keyboard.press('Control+Enter');
  const second = page.getByRole('group', { name: 'Note: Second text' });
  await expect(second).toBeVisible();
  await page.keyboard.press('Control+D');
  await expect(second).toHaveCount(2);
  await page.keyboard.press('Delete');
  await expect(second).toHaveCount(1);
  await page.keyboard.press('Control+Z');
  await expect(second).toHaveCount(2);
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await page.reload();
  await expect(second).toHaveCount(2);
  await expectNoSeriousFault(page);
  await page.close();
});

test('an edge that runs outside its nodes is seen, chosen and deleted while they are out of view', async () => {
  await createWorkflow(context, perdure, {
    key: 'stray',
    nodes: [
      step('start', 'start', 0, 0),
      step('again', 'timer', 0, 160, { config: { mode: 'for', value: '1h' } }),
      step('more', 'condition', 0, 560, { config: { cases: [{ key: 'yes', label: 'Again', when: 'input' }] } }),
    ],
    edges: edges(['start > again', 'again > more', 'more.yes > again']),
  });
  const page = await openDesigner(context, perdure, 'stray');
  const back = edge(page, 'more', 'again');
  await expect(back).toHaveCount(1);
  const column = await box(node(page, 'again'));
  const around = await box(back.locator('.wf-edge'));
  const area = await box(canvas(page));
  // The way back lies beside the column; the column is moved out of the canvas, the way stays in it.
  const isRight = around.x + around.width > column.x + column.width;
  const line = isRight ? around.x + around.width : around.x;
  const by = isRight ? area.x + 16 - line : area.x + area.width - 16 - line;
  const y = around.y + around.height / 2;
  const empty = { x: line - (isRight ? -60 : 60), y: area.y + area.height - 60 };
  await drag(page, empty, { x: empty.x + by, y: empty.y });
  await expect(node(page, 'again')).not.toBeInViewport();
  // A click right behind a drag is taken for its end.
  await page.mouse.move(line + by, y);
  await expect(back.locator('.wf-edge')).toHaveClass(/hover/);
  await page.mouse.click(line + by, y);
  await expect(back.locator('.wf-edge')).toHaveClass(/sel/);
  await page.keyboard.press('Delete');
  await expect(page.getByRole('button', { name: 'Undo: Delete', exact: true })).toBeVisible();
  await expect(back).toHaveCount(0);
  await page.keyboard.press('Control+Z');
  await expect(back).toHaveCount(1);
  await page.close();
});

test('a wire dropped where nothing is asks what comes next; an edge is led elsewhere by its end', async () => {
  const value = { config: { value: { expr: 'input' } } };
  const page = await openWorkflow('wires', [step('a', 'transform', 0, 160, value), step('b', 'transform', 320, 320, value)]);
  const a = await box(node(page, 'a'));
  await drag(page, { x: a.x + a.width / 2, y: a.y + a.height }, { x: a.x + a.width / 2, y: a.y + a.height + 120 });
  await page.getByRole('combobox', { name: 'Add a node' }).fill('timer');
  await page.keyboard.press('Enter');
  await expect(edge(page, 'a', 'Timer')).toHaveCount(1);

  await page.mouse.click(a.x + a.width / 2, a.y + a.height + 24);
  const end = await box(page.locator('.react-flow__edgeupdater-target'));
  const b = await box(node(page, 'b'));
  // On its body, beside the port.
  await drag(page, { x: end.x + end.width / 2, y: end.y + end.height / 2 }, { x: b.x + 30, y: b.y + 30 });
  await expect(edge(page, 'a', 'b')).toHaveCount(1);
  await expect(edge(page, 'a', 'Timer')).toHaveCount(0);
  await page.close();
});

test('a dragged node lines up with the others; several are spread out; only the selection is tidied', async () => {
  const value = { config: { value: { expr: 'input' } } };
  const page = await openWorkflow('lined', [
    step('a', 'transform', 0, 160, value),
    step('b', 'transform', 0, 260, value),
    step('c', 'transform', 300, 480, value),
  ]);
  const a = await box(node(page, 'a'));
  const from = await grip(node(page, 'c'));
  const c = await box(node(page, 'c'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 100, from.y, { steps: 4 });
  await page.mouse.move(from.x + a.x - c.x + 4, from.y + 1, { steps: 4 });
  await expect(page.locator('.wf-guides line')).not.toHaveCount(0);
  await page.mouse.up();
  // It went to the line, not where the pointer was.
  await expect.poll(async () => Math.abs((await box(node(page, 'c'))).x - a.x)).toBeLessThan(0.5);

  for (const title of ['a', 'b', 'c']) await select(page, title, title === 'a' ? [] : ['Shift']);
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Distribute vertically' }).click();
  await expect
    .poll(async () => {
      const [top, middle, bottom] = [await box(node(page, 'a')), await box(node(page, 'b')), await box(node(page, 'c'))];
      return Math.abs(bottom.y - middle.y - (middle.y - top.y));
    })
    .toBeLessThan(4);

  const start = await box(node(page, 'start'));
  await runCommand(page, 'Tidy the selection');
  await expect(page.getByRole('button', { name: /^Undo: Tidy/ })).toBeVisible();
  expect((await box(node(page, 'start'))).x).toBeCloseTo(start.x, 0);
  await page.close();
});

test('a frame selects several, by Shift or by the tool, and they are moved together', async () => {
  const page = await openWorkflow('frame', [
    step('a', 'transform', 400, 0, { config: { value: 1 } }),
    step('b', 'transform', 400, 120, { config: { value: 2 } }),
    step('last', 'end', 0, 300),
  ]);
  const a = await box(node(page, 'a'));
  const b = await box(node(page, 'b'));
  await page.keyboard.down('Shift');
  await drag(page, { x: a.x - 30, y: a.y - 20 }, { x: b.x + b.width + 30, y: b.y + b.height + 20 });
  await page.keyboard.up('Shift');
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText('2 selected');
  await drag(page, { x: a.x + 60, y: a.y + 10 }, { x: a.x + 60, y: a.y + 150 });
  expect((await box(node(page, 'a'))).y - a.y).toBeGreaterThan(80);
  expect((await box(node(page, 'b'))).y - b.y).toBeGreaterThan(80);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Select by dragging' }).click();
  const moved = await box(node(page, 'b'));
  await drag(page, { x: moved.x - 30, y: moved.y - 20 }, { x: moved.x + 40, y: moved.y + 20 });
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
  await page.close();
});

test('far away a large workflow is still edited: a block is chosen, moved and taken back', async () => {
  const many = Array.from({ length: 240 }, (_, i) =>
    step(`s${i}`, 'setVariables', (i % 20) * 300, 200 + Math.floor(i / 20) * 160, { config: { variables: { n: i } } }),
  );
  const page = await openWorkflow('far', many, '.wf-far');
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  await expect(page.locator('.wf-far')).toHaveAttribute('data-drawn', 'true');
  const middle = await box(page.getByRole('region', { name: 'Canvas' }));
  // Blocks fill the upper half of the view: one of a few places is on one.
  const chosen = page.getByRole('complementary', { name: 'Inspector' }).getByText('Set variables').first();
  const at = { x: middle.x + middle.width / 2, y: middle.y + middle.height / 4 };
  await expect(async () => {
    at.x += 7;
    at.y += 5;
    await page.mouse.click(at.x, at.y);
    await expect(chosen).toBeVisible({ timeout: 300 });
  }).toPass();
  await drag(page, at, { x: at.x + 60, y: at.y + 30 });
  await expect(page.getByRole('button', { name: 'Undo: Move node' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo: Move node' }).click();
  await page.keyboard.down('Shift');
  await drag(page, { x: middle.x + 60, y: middle.y + 60 }, { x: middle.x + 400, y: middle.y + 240 });
  await page.keyboard.up('Shift');
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText(/\d+ selected/);
  await page.close();
});

test('the map leads to where it is pressed, and its frame is dragged', async () => {
  const column = Array.from({ length: 40 }, (_, i) => step(`s${i}`, 'setVariables', 0, 160 + i * 120, { config: { variables: { n: i } } }));
  const page = await openWorkflow('map', column, '.react-flow');
  await runCommand(page, 'Zoom to 100 %');
  // Drawn for eyes and pointers; the outline and the search lead there by keyboard.
  const map = page.locator('.wf-minimap');
  const at = await box(map);
  await page.mouse.click(at.x + at.width / 2, at.y + 8);
  await expect(node(page, 'start')).toBeInViewport();
  await expect(node(page, 's39')).not.toBeInViewport();
  await page.mouse.click(at.x + at.width / 2, at.y + at.height - 8);
  await expect(node(page, 's39')).toBeInViewport();
  await expect(node(page, 'start')).not.toBeInViewport();
  await drag(page, { x: at.x + at.width / 2, y: at.y + at.height - 10 }, { x: at.x + at.width / 2, y: at.y + 8 });
  await expect(node(page, 'start')).toBeInViewport();
  await page.close();
});

test('arrows with Ctrl move what is selected, a little or by the grid, as one step back', async () => {
  const page = await openWorkflow('nudge', [step('a', 'setVariables', 300, 0, { config: { variables: { n: 1 } } })]);
  await select(page, 'a');
  const before = await box(node(page, 'a'));
  // Without a look in between: only what follows at once is one step.
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+Shift+ArrowDown');
  await expect
    .poll(async () => {
      const { x, y } = await box(node(page, 'a'));
      return Math.round((y - before.y) / (x - before.x));
    })
    .toBe(4);
  await page.getByRole('button', { name: 'Undo: Move', exact: false }).click();
  await expect.poll(async () => (await box(node(page, 'a'))).y).toBeCloseTo(before.y, 0);
  await expect.poll(async () => (await box(node(page, 'a'))).x).toBeCloseTo(before.x, 0);
  await page.close();
});

/** Imported with a start, which leads to the step called last if there is one. */
async function openWorkflow(key: string, steps: readonly DrawnStep[], shown?: string): Promise<Page> {
  const joined = steps.some(({ id }) => id === 'last') ? edges(['start > last']) : [];
  await createWorkflow(context, perdure, { key, nodes: [step('start', 'start', 0, 0), ...steps], edges: joined });
  const page = await openDesigner(context, perdure, key, shown);
  // The first findings open the drawer, and what is shown is fitted again.
  if (steps.some(({ id }) => id !== 'last')) await expect(page.getByRole('button', { name: /^Problems [1-9]/ })).toBeVisible();
  return page;
}
