import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import type { BrowserContext, Page } from 'playwright-core';
import { percentile } from './bench-runtime.ts';
import { buildWebApp, openBrowser, repositoryRoot, signIn } from './browser.ts';
import type { BenchEnvironment } from './environment.ts';
import { frameRecorder, recordFrames, untilComplete, type FrameTimes } from './frame-recorder.ts';
import { largeWorkflow } from './large-workflow.ts';
import { StatusStorm } from './status-storm.ts';

const sizes = [100, 1_000, 5_000];
const opens = 3;
const gestureMs = 3_000;
const stormPerSecond = 500;
/** Updates a second in a storm: what a busy instance's feed makes of it. */
const batchesPerSecond = 25;

/**
 * The designer in a browser without a GPU: the production build, the real server, real mouse and keys. Frame times are those between animation
 * frames while something moves, so 16.7 ms is the best there is. `open` runs from the click in the list of workflows to the complete canvas,
 * with the page's code already loaded; `interactive` is the whole way from an empty cache.
 */
export async function web(environment: BenchEnvironment): Promise<Record<string, number>> {
  await buildWebApp();
  const databaseUrl = await environment.freshDatabase();
  const server = await startServerProcess({ databaseUrl, redisUrl: environment.redisUrl });
  const browser = await openBrowser();
  try {
    for (const size of sizes) await importWorkflow(server, size);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(frameRecorder);
    const figures: Record<string, number> = { 'app.loadAverage': loadavg()[0] ?? 0 };
    await signIn(context, server.origin, await server.signIn());
    figures['app.firstLoadKb'] = (await firstLoadBytes(context, server)) / 1_000;
    figures['app.designerInteractiveMs'] = await coldDesignerMs(context, server);
    for (const size of sizes) {
      for (const [name, value] of Object.entries(await measureCanvas(context, server, size))) figures[`canvas${size}.${name}`] = value;
    }
    return figures;
  } finally {
    await browser.close();
    await server.stop();
  }
}

function keyOf(size: number): string {
  return `large-${size}`;
}

async function importWorkflow(server: ServerProcess, size: number): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-functions-key': server.apiKey };
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(server.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
  };
  await post('/api/workflows', { key: keyOf(size), title: `Large ${size}`, document: largeWorkflow(size) });
  await post(`/api/workflows/${keyOf(size)}/publish`, { draftRevision: 1, note: '' });
}

/** Everything the first page fetches before somebody opens the designer: scripts and styles, gzipped. Fonts and data are not among it. */
async function firstLoadBytes(context: BrowserContext, server: ServerProcess): Promise<number> {
  const page = await context.newPage();
  const files = new Set<string>();
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\.(?:js|css)$/.test(pathname)) files.add(pathname);
  });
  await page.goto(`${server.origin}/workflows`);
  await page.getByRole('link', { name: 'Large 100', exact: true }).waitFor();
  await page.close();
  let bytes = 0;
  for (const file of files) bytes += gzipSync(await readFile(join(repositoryRoot, 'apps/web/dist', file))).length;
  return bytes;
}

/** A workflow's address opened in a browser that has loaded nothing before, until its canvas is complete. */
async function coldDesignerMs(context: BrowserContext, server: ServerProcess): Promise<number> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await page.goto(`${server.origin}/workflows/${keyOf(100)}`, { waitUntil: 'commit' });
  const ms = await untilComplete(page);
  await page.close();
  return ms;
}

async function measureCanvas(context: BrowserContext, server: ServerProcess, size: number): Promise<Record<string, number>> {
  const page = await context.newPage();
  const storm = new StatusStorm();
  await storm.attach(page);
  const figures: Record<string, number> = {};
  const longTasks: number[] = [];
  const keep = (name: string, times: FrameTimes): void => {
    const deltas = times.deltas.toSorted((a, b) => a - b);
    figures[`${name}P50Ms`] = percentile(deltas, 0.5);
    figures[`${name}P95Ms`] = percentile(deltas, 0.95);
    longTasks.push(...times.longTasks);
  };

  const opened: number[] = [];
  for (let i = 0; i <= opens; i += 1) {
    await page.goto(`${server.origin}/workflows`);
    const link = page.getByRole('link', { name: `Large ${size}`, exact: true });
    await link.waitFor();
    // The designer's code is in the cache; the workflow is not.
    await sleep(500);
    await link.click();
    const ms = await untilComplete(page);
    if (i > 0) opened.push(ms);
  }
  figures['openMs'] = percentile(
    opened.toSorted((a, b) => a - b),
    0.5,
  );
  await settle();

  const canvas = page.getByRole('region', { name: 'Canvas' });
  await canvas.focus();
  await page.keyboard.press('1');
  await settle();
  keep('fitPan', await recordFrames(page, () => pan(page)));
  await page.keyboard.press('0');
  await settle();
  keep('pan', await recordFrames(page, () => pan(page)));
  await bringNodeIntoView(page);
  keep('drag', await recordFrames(page, () => dragNode(page)));
  keep('zoom', await recordFrames(page, () => zoom(page)));

  await canvas.focus();
  await page.keyboard.press('0');
  await settle();
  await bringNodeIntoView(page);
  figures['typeP95Ms'] = await typeTitle(page);

  await startRun(page, storm);
  const all = largeWorkflow(size).nodes.map(({ id }) => id);
  await bringNodeIntoView(page);
  const seen = await page.locator('.react-flow__node').evaluateAll((found) => found.map((node) => node.getAttribute('data-id') ?? ''));
  // Half of the changes on what is in view, half anywhere.
  const nodes = all.map((id, i) => (i % 2 === 0 ? (seen[(i / 2) % seen.length] ?? id) : id));
  keep('storm', await recordFrames(page, () => rage(storm, nodes)));
  await canvas.focus();
  await page.keyboard.press('1');
  await settle();
  keep('fitStorm', await recordFrames(page, () => rage(storm, all)));
  figures['longTasks'] = longTasks.length;
  figures['longestTaskMs'] = Math.max(0, ...longTasks);
  await page.close();
  return figures;
}

/** Animations end, and the check of the whole document beside the page. */
async function settle(): Promise<void> {
  await sleep(1_000);
}

/** Drags the empty canvas about, back and forth, so that new parts come into view all the time. */
async function pan(page: Page): Promise<void> {
  await sway(page, await pointOn(page, 'pane'), { x: 320, y: 240, turnMs: 1_200 });
}

async function dragNode(page: Page): Promise<void> {
  await sway(page, await pointOn(page, 'node'), { x: 120, y: 90, turnMs: 1_500 });
}

/** Holds the mouse down and takes it round and round, so far to each side. */
async function sway(page: Page, from: { x: number; y: number }, far: { x: number; y: number; turnMs: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await during(gestureMs, async (ms) => {
    const turn = (ms / far.turnMs) * 2 * Math.PI;
    await page.mouse.move(from.x + far.x * Math.sin(turn), from.y + far.y * Math.sin(turn * 0.7));
  });
  await page.mouse.up();
}

/** In and out again around the middle, between 0.6 and 2. */
async function zoom(page: Page): Promise<void> {
  const from = await pointOn(page, 'pane');
  await page.mouse.move(from.x, from.y);
  let level = 1;
  let step = 1;
  await during(gestureMs, async () => {
    if (level * 1.02 ** (step * 4) > 1.9 || level * 1.02 ** (step * 4) < 0.62) step = -step;
    level *= 1.02 ** (step * 4);
    await page.mouse.wheel(0, (-step * 4 * Math.log2(1.02)) / 0.002);
  });
}

/** The middle of the view may be between nodes: whatever node is nearest to the middle of the graph comes to the middle of the screen. */
async function bringNodeIntoView(page: Page): Promise<void> {
  if ((await page.locator('.react-flow__node').count()) > 6) return;
  await page.keyboard.press('1');
  await settle();
  await page.keyboard.press('0');
  await settle();
}

/** How long the screen takes to follow each key while a title is typed. */
async function typeTitle(page: Page): Promise<number> {
  const at = await pointOn(page, 'node');
  await page.mouse.click(at.x, at.y);
  const title = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Title' }).first();
  await title.waitFor();
  await title.focus();
  const { inputs } = await recordFrames(page, () => page.keyboard.type('Quite a long new title for a step', { delay: 60 }));
  return percentile(
    inputs.toSorted((a, b) => a - b),
    0.95,
  );
}

async function startRun(page: Page, storm: StatusStorm): Promise<void> {
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  // What was typed above is in the draft, not in the version.
  const version = dialog.getByRole('radio', { name: /^Version/ });
  if ((await version.count()) > 0) await version.check();
  await dialog.getByRole('button', { name: /^(?:Run|Publish and run)/ }).click();
  await page.getByRole('status', { name: 'Run' }).waitFor();
  while (!storm.isWatching) await sleep(50);
  await settle();
}

async function rage(storm: StatusStorm, nodes: readonly string[]): Promise<void> {
  let sent = 0;
  await during(gestureMs, async (ms) => {
    const due = Math.floor((ms / 1_000) * stormPerSecond) - sent;
    if (due > 0) storm.send(nodes, due);
    sent += Math.max(0, due);
    await sleep(1_000 / batchesPerSecond);
  });
}

async function during(ms: number, work: (sinceMs: number) => Promise<void>): Promise<void> {
  const began = performance.now();
  for (let since = 0; since < ms; since = performance.now() - began) await work(since);
}

/** A place to press the mouse on, near the middle of the canvas. */
async function pointOn(page: Page, what: 'pane' | 'node'): Promise<{ x: number; y: number }> {
  const point = await page.evaluate<{ x: number; y: number } | null>(`(() => {
    const box = document.querySelector('.wf-canvas').getBoundingClientRect();
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    for (let ring = 0; ring < 60; ring += 1)
      for (let turn = 0; turn < 12; turn += 1) {
        const x = middle.x + Math.cos((turn * Math.PI) / 6) * ring * 6;
        const y = middle.y + Math.sin((turn * Math.PI) / 6) * ring * 5;
        const hit = document.elementFromPoint(x, y);
        const node = hit?.closest('.react-flow__node');
        if (${what === 'pane' ? "hit?.matches('.react-flow__pane, .wf-far')" : "node && !hit.closest('.wf-grab, button')"}) return { x, y };
      }
    return null;
  })()`);
  if (!point) throw new Error(`There is no ${what} near the middle of the canvas.`);
  return point;
}
