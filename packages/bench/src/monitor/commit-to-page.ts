/**
 * An instance page in the browser follows an instance with 20 events a second, on the real server with its worker inside. Milliseconds from an
 * event's own moment, which lies before its commit, until the frame whose page has it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { startServerProcess } from '@perdure/testing/server-process';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { percentile } from '../bench-runtime.ts';
import { signIn } from '../browser.ts';
import type { BenchEnvironment } from '../environment.ts';

const ticking = drawWorkflow(
  {
    start: { type: 'start' },
    again: { type: 'loop', config: { mode: 'while', condition: 'true', maxPasses: null } },
    tick: { type: 'timer', parent: 'again', config: { mode: 'for', value: 250 } },
    note: { type: 'setVariables', parent: 'again', config: { variables: { ticked: { expr: 'index' } } } },
    done: { type: 'end' },
  },
  ['start -> again', 'again.body -> tick', 'tick -> note', 'again -> done'],
);

const instance = 'ticking-page';
const measureMs = 20_000;

export async function commitToPage(browser: Browser, environment: BenchEnvironment): Promise<Record<string, number>> {
  const databaseUrl = await environment.freshDatabase();
  await publishWorkflow(databaseUrl, 'ticking', ticking);
  const server = await startServerProcess({ databaseUrl, redisUrl: environment.redisUrl });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await signIn(context, server.origin, await server.signIn());
    const answer = await fetch(`${server.origin}/runtime/webhooks/durabletask/orchestrators/ticking/${instance}`, {
      method: 'POST',
      headers: { 'x-functions-key': server.apiKey },
    });
    if (answer.status !== 202) throw new Error(`The start answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
    const page = await context.newPage();
    await page.goto(`${server.origin}/instances/${instance}`);
    await page.getByRole('slider', { name: 'Moment of the history' }).waitFor();
    await page.evaluate(watching);
    await sleep(measureMs);
    const seen = await page.evaluate<[seq: number, at: number][]>('window.seenEvents');
    const { rows } = await client.query<{ seq: number; at: Date }>(
      'SELECT seq, at FROM history_event WHERE instance_id = $1 ORDER BY seq',
      [instance],
    );
    // What came with the page is not measured.
    const [first] = seen;
    const late = rows.flatMap(({ seq, at }) => {
      const shown = seen.find(([upTo]) => upTo >= seq);
      return first === undefined || shown === undefined || seq <= first[0] ? [] : [shown[1] - at.getTime()];
    });
    late.sort((a, b) => a - b);
    return {
      'live.commitToPageP50Ms': percentile(late, 0.5),
      'live.commitToPageP95Ms': percentile(late, 0.95),
      'live.eventsSeen': late.length,
    };
  } finally {
    await context.close();
    await server.stop();
    await client.end();
  }
}

/** Up to which event the page shows, and since which frame: the moment of the frame after the one that had it. */
const watching = `(() => {
  window.seenEvents = [];
  let last = 0;
  const look = () => {
    const seq = Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuemax') ?? 0);
    if (seq > last) {
      last = seq;
      requestAnimationFrame(() => window.seenEvents.push([seq, Date.now()]));
    }
    requestAnimationFrame(look);
  };
  look();
})()`;
