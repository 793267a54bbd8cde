import { expect, test, type BrowserContext, type Download, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { runCommand } from '../designer.ts';
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

interface Document {
  formatVersion: number;
  nodes: { id: string; type: string; title: string; colour?: string }[];
  edges: unknown[];
}

test('a workflow goes out as JSON and comes back the same, dropped on the list, and nothing runs', async () => {
  const page = await openDesigner('order-approval');
  const exported = await commandDownload(page, 'Export as JSON');
  expect(exported.suggestedFilename()).toBe('order-approval.perdure.json');
  const text = await textOf(exported);

  await page.goto(`${perdure.origin}/workflows`);
  await expect(page.getByRole('row', { name: /Order approval/ })).toBeVisible();
  await drop(page, '.scroll', text);
  const dialog = page.getByRole('dialog', { name: 'Import a workflow' });
  await expect(dialog.getByRole('region', { name: 'Preview of the import' })).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Not taken' })).toHaveCount(0);
  await dialog.getByLabel('Title').fill('Brought back');
  await dialog.getByLabel('Key').fill('brought-back');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  // The preview draws the same steps.
  await page.waitForURL(`${perdure.origin}/workflows/brought-back`);
  await expect(page.getByRole('group', { name: /^Credit check, / })).toBeVisible();

  const [first, second] = await Promise.all(['order-approval', 'brought-back'].map((key) => exportOf(key)));
  expect(JSON.stringify(second!.document)).toBe(JSON.stringify(first!.document)); // both were asked for
  expect(second).toMatchObject({ version: null });
  await page.close();
});

test('what an import cannot take is said item by item; the rest can be taken, and undone', async () => {
  const page = await openDesigner('conference-booking');
  const { document } = await exportOf('order-approval');
  const given = structuredClone(document);
  given.formatVersion = 2;
  given.nodes.find(({ title }) => title === 'Fraud score')!.type = 'htttp';
  given.nodes.find(({ title }) => title === 'Credit check')!.colour = 'red';
  await drop(page, '.ds-canvas', JSON.stringify(given));
  const dialog = page.getByRole('dialog', { name: 'Import into this workflow' });
  const left = dialog.getByRole('region', { name: 'Not taken' });
  await expect(left).toContainText('It was written by another version of Perdure (format 2, this one knows 1).');
  await expect(left).toContainText('Node Fraud score It is of the type "htttp", which this installation does not have.');
  await expect(left).toContainText('"colour" of Node Credit check This version of Perdure has no such field.');
  await expect(left).toContainText('Fraud score is not there.');
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  await dialog.getByRole('button', { name: 'Replace the draft without these' }).click();
  await expect(page.getByRole('group', { name: /^Credit check, / })).toBeVisible();
  await expect(page.getByRole('group', { name: /^Fraud score, / })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo: Import' }).click();
  await expect(page.getByRole('group', { name: /^Credit check, / })).toHaveCount(0);

  await runCommand(page, 'Import into this workflow…');
  await dialog.getByLabel('Workflow as JSON').fill('{ "nodes": 3 }');
  await expect(dialog.getByRole('alert')).toContainText('Not a workflow');
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toHaveAttribute('aria-disabled', 'true');
  await page.close();
});

test('the canvas as SVG and PNG, with what people wrote escaped', async () => {
  const page = await openDesigner('order-approval');
  await page.getByRole('group', { name: /^Credit check, / }).click({ position: { x: 60, y: 12 } });
  const title = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Title' }).first();
  await title.fill('<b>&');
  await title.press('Enter');
  await page.keyboard.press('Escape');
  await runCommand(page, 'Export as a picture…');
  const dialog = page.getByRole('dialog', { name: 'Export as a picture' });
  await dialog.getByRole('button', { name: 'Everything' }).click();
  await expect(dialog.getByAltText('The picture as it will be saved')).toBeVisible();
  await expectNoSeriousFault(page, { part: '[role="dialog"]' });
  const svg = await download(page, () => dialog.getByRole('button', { name: 'Save SVG' }).click());
  const text = await textOf(svg);
  expect(text).toContain('&lt;b&gt;&amp;');
  expect(text).toContain('Approve order');
  expect(text).toContain('@font-face');

  await runCommand(page, 'Export as a picture…');
  await dialog.getByRole('button', { name: 'PNG' }).click();
  await expect(dialog.getByText(/pixels$/)).toBeVisible();
  const png = await download(page, () => dialog.getByRole('button', { name: 'Save PNG' }).click());
  const bytes = await readFile(await png.path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  await page.close();
});

async function openDesigner(key: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/workflows/${key}`);
  await expect(page.getByRole('region', { name: 'Canvas' }).getByRole('group', { name: /, Manual or API/ })).toBeVisible();
  return page;
}

async function commandDownload(page: Page, title: string): Promise<Download> {
  return download(page, () => runCommand(page, title));
}

async function download(page: Page, act: () => Promise<void>): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return file;
}

async function textOf(file: Download): Promise<string> {
  return readFile(await file.path(), 'utf8');
}

async function exportOf(key: string): Promise<{ document: Document; version: number | null }> {
  const answer = await context.request.get(`${perdure.origin}/api/workflows/${key}/export?code=${perdure.apiKey}`);
  return (await answer.json()) as { document: Document; version: number | null };
}

/** As the browser does it when a file is dropped there. */
async function drop(page: Page, selector: string, text: string): Promise<void> {
  // As text: the types of a page are not those of a test.
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(text)}], 'workflow.json', { type: 'application/json' }));
    return transfer;
  })()`);
  await page.dispatchEvent(selector, 'dragover', { dataTransfer: data });
  await page.dispatchEvent(selector, 'drop', { dataTransfer: data });
}
