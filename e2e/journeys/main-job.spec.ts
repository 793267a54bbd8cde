import { expect, test, type Page } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';

let perdure: ServerProcess;

test.beforeAll(async () => {
  perdure = await startServerProcess();
});

test.afterAll(async () => {
  await perdure.stop();
});

test('sign in, draw five nodes, publish, run, approve by keyboard, see it completed; killed and reloaded on the way', async ({
  page,
  browser,
}) => {
  await test.step('sign in by the printed link, which works once', async () => {
    await page.goto(perdure.link);
    await expect(page.getByRole('heading', { name: 'Welcome to Perdure' })).toBeVisible();
    const stranger = await browser.newContext();
    const second = await stranger.newPage();
    await second.goto(perdure.link);
    await expect(second.getByText(/used|expired|no longer/i).first()).toBeVisible();
    await stranger.close();
  });

  await test.step('a new, empty canvas', async () => {
    await page.goto(`${perdure.origin}/workflows`);
    await page.getByRole('button', { name: 'New workflow…' }).click();
    await page.getByRole('dialog').getByLabel('Title').fill('Vacation request');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    // All but the start goes.
    await page.getByRole('group', { name: /^Start, / }).click({ position: { x: 60, y: 12 } });
    await page.getByRole('region', { name: 'Canvas' }).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await expect(page.getByRole('group', { name: /^End, / })).toHaveCount(0);
  });

  await test.step('drag four nodes below the start, connect them port by port', async () => {
    await dragFromPalette(page, 'Set status', 150);
    await dragFromPalette(page, 'Human task', 250);
    await dragFromPalette(page, 'Transform', 400);
    await dragFromPalette(page, 'End', 500);
    await connect(page, 'Start: Out', 'Set status: In');
    await connect(page, 'Set status: Out', 'Human task: In');
    await connect(page, 'Human task: Approved', 'Transform: In');
    await connect(page, 'Transform: Out', 'End: In');
  });

  await test.step('say what each does', async () => {
    await select(page, 'Human task');
    await page.getByRole('group', { name: 'Title' }).getByRole('textbox').fill('Vacation of Ada');
    await select(page, 'Set status');
    await fillExpression(page, 'Status', '"waiting for approval"');
    await select(page, 'Transform');
    await fillExpression(page, 'Value', '{ "decision": steps.human_task.output.outcome }');
    await select(page, 'End');
    await fillExpression(page, 'Result', 'steps.transform.output');
  });

  await test.step('publish and run', async () => {
    await expect(page.getByText(/^Saved/)).toBeVisible();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await expect(page.getByText('Published as v1')).toBeVisible();
    await page.getByRole('button', { name: /^Run/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^(Run|Start)/ })
      .click();
  });

  await test.step('nodes change live, on the same canvas', async () => {
    await expect(node(page, 'Set status', 'Completed')).toBeVisible();
    await expect(node(page, 'Human task', 'Waiting')).toBeVisible();
    await page.getByRole('link', { name: 'Open instance' }).click();
    await expect(page.getByRole('region', { name: /canvas/i })).toBeVisible();
    await expect(node(page, 'Human task', 'Waiting')).toBeVisible();
  });
  const instancePage = page.url();

  await test.step('the server is killed and started again; the page reloads in the middle', async () => {
    await perdure.killAndRestart();
    await page.reload();
    await expect(node(page, 'Human task', 'Waiting')).toBeVisible();
  });

  await test.step('approve in the inbox, by keyboard only', async () => {
    await page.goto(`${perdure.origin}/inbox`);
    await expect(page.getByRole('heading', { name: 'Inbox' })).toBeVisible();
    for (let moves = 0; moves < 5 && !(await page.getByRole('heading', { name: /Human task|Vacation/ }).isVisible()); moves += 1) {
      await page.keyboard.press('j');
      await page.waitForTimeout(300);
    }
    await expect(page.getByText('Vacation request v1').first()).toBeVisible();
    await page.keyboard.press('c');
    await expect(page.getByRole('button', { name: /^Release/ })).toBeVisible();
    await page.keyboard.press('a');
    await expect(page.getByText('Vacation request v1')).toHaveCount(0);
  });

  await test.step('see it completed', async () => {
    await page.goto(instancePage);
    await expect(page.getByText('Completed').first()).toBeVisible();
    await expect(node(page, 'End', 'Completed')).toBeVisible();
    const id = instancePage.split('/').at(-1) ?? '';
    const status = await page.request.get(`${perdure.origin}/runtime/webhooks/durabletask/instances/${id}?code=${perdure.apiKey}`);
    expect(await status.json()).toMatchObject({
      runtimeStatus: 'Completed',
      customStatus: 'waiting for approval',
      output: { decision: 'approved' },
    });
  });
});

/** Drops a node of this type on the canvas, `below` pixels under its upper edge. */
async function dragFromPalette(page: Page, type: string, below: number): Promise<void> {
  const canvas = page.getByRole('region', { name: /canvas/i });
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not visible.');
  await page
    .getByRole('complementary', { name: 'Nodes' })
    .getByRole('button', { name: type, exact: true })
    .dragTo(canvas, { targetPosition: { x: box.width / 2, y: below } });
  await expect(canvas.getByRole('group', { name: new RegExp(`^${type}, `) })).toBeVisible();
}

async function connect(page: Page, from: string, to: string): Promise<void> {
  const source = await page.getByRole('img', { name: from, exact: true }).boundingBox();
  const target = await page.getByRole('img', { name: to, exact: true }).boundingBox();
  if (source === null || target === null) throw new Error(`${from} or ${to} is not visible.`);
  await page.mouse.move(source.x + source.width / 2, source.y + source.height / 2);
  await page.mouse.down();
  await page.mouse.move(target.x + target.width / 2, target.y - 10, { steps: 8 });
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 3 });
  await page.mouse.up();
}

function node(page: Page, title: string, status: string) {
  return page.getByRole('group', { name: new RegExp(`^${title}, .*${status}`) });
}

async function select(page: Page, title: string): Promise<void> {
  await page.getByRole('group', { name: new RegExp(`^${title}, `) }).click({ position: { x: 60, y: 12 } });
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Title' }).first()).toHaveValue(title);
}

async function fillExpression(page: Page, label: string, source: string): Promise<void> {
  const field = page.getByRole('complementary', { name: 'Inspector' }).getByRole('group', { name: label, exact: true });
  await field.getByRole('button', { name: 'Expression' }).click();
  await field.getByRole('textbox', { name: label }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(source);
  await page.keyboard.press('Escape');
}
