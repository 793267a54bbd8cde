/** What the designer's journeys share: its parts by role and label, and workflows to begin with. */
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import type { ServerProcess } from '@perdure/testing/server-process';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface DrawnStep {
  id: string;
  type: string;
  title: string;
  parent: string | null;
  position: { x: number; y: number };
  config: object;
}

export function step(id: string, type: string, x: number, y: number, more: object = {}): DrawnStep {
  return { id, type, title: id, parent: null, position: { x, y }, config: {}, ...more };
}

/** "a.port > b" per edge; without a port it leaves by the plain one. */
export function edges(list: readonly string[]): { id: string; source: string; sourcePort: string; target: string }[] {
  return list.map((text, i) => {
    const [from = '', target = ''] = text.split(' > ');
    const [source = '', sourcePort = 'out'] = from.split('.');
    return { id: `e${i}`, source, sourcePort, target };
  });
}

/** A workflow made through the API. */
export async function createWorkflow(
  context: BrowserContext,
  perdure: ServerProcess,
  given: { key: string; title?: string; nodes: readonly object[]; edges?: readonly object[] },
): Promise<void> {
  const { key, title = key, nodes, edges: joined = [] } = given;
  const answer = await context.request.post(`${perdure.origin}/api/workflows?code=${perdure.apiKey}`, {
    data: { key, title, document: { formatVersion: 1, nodes, edges: joined } },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** Opens a workflow's designer, once something of it is drawn. */
export async function openDesigner(
  context: BrowserContext,
  perdure: ServerProcess,
  key: string,
  shown = '.react-flow__node',
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows/${key}`);
  await expect(page.locator(shown).first()).toBeVisible();
  return page;
}

/** A blank workflow made by hand. */
export async function newWorkflow(context: BrowserContext, perdure: ServerProcess, title: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows`);
  await page.getByRole('button', { name: 'New workflow…' }).click();
  await page.getByRole('dialog').getByLabel('Title').fill(title);
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await expect(node(page, 'End')).toBeVisible();
  await expect(page.getByText(/^Saved/)).toBeVisible();
  return page;
}

export function node(page: Page, title: string): Locator {
  return page.getByRole('group', { name: new RegExp(`^${title}, `) });
}

export function edge(page: Page, from: string, to: string): Locator {
  return page.getByRole('group', { name: new RegExp(`^Edge from ${from}, .* to ${to}$`) });
}

export function canvas(page: Page): Locator {
  return page.getByRole('region', { name: 'Canvas' });
}

export function inspector(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Inspector' });
}

/** By its head, beside the ports. */
export async function select(page: Page, title: string, modifiers: ('Shift' | 'Control')[] = []): Promise<void> {
  await node(page, title).click({ position: { x: 60, y: 12 }, modifiers });
}

/** After the start, by click; the new node is selected. */
export async function add(page: Page, type: string): Promise<void> {
  await select(page, 'Start');
  await page.getByRole('complementary', { name: 'Nodes' }).getByRole('button', { name: type, exact: true }).click();
  await expect(inspector(page).getByRole('textbox', { name: 'Title' }).first()).toHaveValue(type);
}

/** Where it is once it has come to rest. */
export async function box(target: Locator): Promise<Box> {
  let last = '';
  await expect
    .poll(async () => {
      const now = JSON.stringify(await target.boundingBox());
      const rests = now === last;
      last = now;
      return rests;
    })
    .toBe(true);
  const found = await target.boundingBox();
  if (found === null) throw new Error('It is not visible.');
  return found;
}

/** Where a node is taken to be dragged. */
export async function grip(target: Locator): Promise<{ x: number; y: number }> {
  const { x, y } = await box(target);
  return { x: x + 60, y: y + 12 };
}

export async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/** The command palette, with what it finds by these letters. */
export async function openPalette(page: Page, letters: string): Promise<void> {
  await page.keyboard.press('Control+K');
  const field = page.getByRole('dialog').getByRole('combobox');
  await expect(field).toBeFocused();
  await page.keyboard.type(letters);
  await expect(field).toHaveValue(letters);
}

/** From the command palette, by the words of its title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await openPalette(page, title.replace('…', ''));
  await page.getByRole('option', { name: title }).first().click();
}
