/**
 * The page of an instance with 50,000 events: from its address until its canvas and its history's axis are painted, the code being cached
 * already; then dragging the playhead over the whole history, from the pointer's move until the frame that shows the other moment. Of each instance
 * that is opened from the first paint on, as long as pages of its history are still to come (`scrubLoading…`, all these steps together); and when all
 * of it is here (`scrub…`, all of these together). The page lets who drags go first: `loadedAfterMs` is what the rest of the history then takes, from
 * the last step. Beyond what has come, the scrubber and the list show the moment stepped to; the canvas shows it when the playhead rests.
 */
import type { Browser } from 'playwright-core';
import type pg from 'pg';
import type { ServerProcess } from '@perdure/testing/server-process';
import { median, percentile } from '../bench-runtime.ts';
import { signIn } from '../browser.ts';

const opens = 7;
const steps = 60;

export async function longInstance(
  browser: Browser,
  server: ServerProcess,
  cookie: string,
  client: pg.Client,
): Promise<Record<string, number>> {
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM instance WHERE id LIKE '%-LONG-%' ORDER BY id LIMIT $1`, [opens + 1]);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await signIn(context, server.origin, cookie);
    const page = await context.newPage();
    const paints: number[] = [];
    const early: number[] = [];
    const scrubs: number[] = [];
    const loads: number[] = [];
    for (const [at, { id }] of rows.entries()) {
      await page.goto(`${server.origin}/instances/${encodeURIComponent(id)}`, { waitUntil: 'commit' });
      // Strings: TypeScript's helpers do not exist in the page.
      const paintedMs = await page.evaluate<number>(untilPainted);
      const whileLoading = await page.evaluate<number[]>(scrubbing('loading'));
      const loadedAfterMs = await page.evaluate<number>(untilLoaded);
      // The first one loads the code.
      if (at === 0) continue;
      paints.push(paintedMs);
      early.push(...whileLoading);
      loads.push(loadedAfterMs);
      scrubs.push(...(await page.evaluate<number[]>(scrubbing('loaded'))));
    }
    for (const times of [paints, early, scrubs]) times.sort((a, b) => a - b);
    return {
      'instance50000.firstPaintMs': percentile(paints, 0.5),
      'instance50000.slowestPaintMs': paints.at(-1) ?? 0,
      'instance50000.scrubP50Ms': percentile(scrubs, 0.5),
      'instance50000.scrubP95Ms': percentile(scrubs, 0.95),
      'instance50000.scrubLoadingP50Ms': percentile(early, 0.5),
      'instance50000.scrubLoadingP95Ms': percentile(early, 0.95),
      'instance50000.scrubLoadingSteps': early.length,
      'instance50000.loadedAfterMs': median(loads),
    };
  } finally {
    await context.close();
  }
}

/** Milliseconds since the navigation began, in the frame after the one that has all of it. */
const untilPainted = `new Promise((resolve) => {
  const look = () => {
    const slider = document.querySelector('[role=slider]');
    const ready = slider && Number(slider.getAttribute('aria-valuemax')) >= 50000 && document.querySelector('.react-flow__node');
    if (ready) requestAnimationFrame(() => resolve(performance.now()));
    else requestAnimationFrame(look);
  };
  look();
})`;

/** How long it took, and what hangs on the whole history has been drawn. */
const untilLoaded = `new Promise((resolve) => {
  const since = performance.now();
  const look = () => {
    const tookMs = performance.now() - since;
    if (document.querySelector('[role=slider]').getAttribute('aria-busy') === 'false') setTimeout(() => resolve(tookMs), 500);
    else requestAnimationFrame(look);
  };
  look();
})`;

const scrubbing = (whilst: 'loading' | 'loaded'): string => `(async () => {
  const slider = document.querySelector('[role=slider]');
  const frame = () => new Promise((resume) => requestAnimationFrame(resume));
  const { left, top, width, height } = slider.getBoundingClientRect();
  const point = (type, share) =>
    slider.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, buttons: 1, pointerId: 1, clientX: left + share * width, clientY: top + height / 2 }));
  // Chromium captures real pointers only.
  slider.setPointerCapture = () => {};
  slider.hasPointerCapture = () => true;
  const times = [];
  for (let i = 0; i < ${steps}${whilst === 'loading' ? ` && slider.getAttribute('aria-busy') === 'true'` : ''}; i += 1) {
    const before = slider.getAttribute('aria-valuenow');
    // Forth and back in leaps, so that nothing near is at hand.
    const share = 0.05 + 0.9 * ((i * 37) % ${steps}) / ${steps};
    await frame();
    const startedAt = performance.now();
    point(i === 0 ? 'pointerdown' : 'pointermove', share);
    while (slider.getAttribute('aria-valuenow') === before) {
      if (performance.now() - startedAt > 5000) throw new Error('Step ' + i + ' showed no other moment.');
      await frame();
    }
    await frame();
    times.push(performance.now() - startedAt);
  }
  return times;
})()`;
