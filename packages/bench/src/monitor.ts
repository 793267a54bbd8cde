/**
 * The monitor over 1,000,000 instances (monitor/seed.ts): what the pages cost the server, on the server's own routes, with its worker off so that
 * nothing but the pages runs. `list.p95Ms` is that of the worst filter; each filter's own stands beside it. What the server itself took is told
 * by its log; `roundTripP95Ms` is the worst filter's as this process saw it, which shares the processors with the server.
 */
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { median, p95Of } from './bench-runtime.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import { buildWebApp, openBrowser } from './browser.ts';
import type { BenchEnvironment } from './environment.ts';
import { bulkTerminate } from './monitor/bulk-terminate.ts';
import { ask } from './monitor/calls.ts';
import { commitToPage } from './monitor/commit-to-page.ts';
import { openKeptDatabase, type KeptDatabase } from './monitor/kept-database.ts';
import { longInstance } from './monitor/long-instance.ts';
import { retentionPurge } from './monitor/retention-purge.ts';
import { serverTimes, tellsTimes } from './monitor/server-times.ts';
import { vacuum, whileUnvacuumed } from './monitor/unvacuumed.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const roundsPerPage = 12;
const openDashboards = 200;
/** As a dashboard asks when hints come all the time. */
const dashboardEveryMs = 3_000;

type Figures = Record<string, number>;

/** In the order in which they run. The first two have a worker of their own, which is gone before the pages are measured. */
const parts = ['bulk', 'retention', 'list', 'dashboard', 'inbox', 'dashboards', 'scrub', 'live'] as const;
type Part = (typeof parts)[number];

/** @param only empty for all of it */
export async function monitor(environment: BenchEnvironment, only: readonly string[]): Promise<Figures> {
  const unknown = only.filter((name) => !(parts as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`It has no part ${unknown.join(', ')}. There are: ${parts.join(', ')}.`);
  const wants = (part: Part): boolean => only.length === 0 || only.includes(part);
  const database = await openKeptDatabase((text) => console.error(`monitor: ${text}`));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(
      `UPDATE workflow SET folder = (ARRAY['Sales', 'Finance', 'Logistics', 'Care', 'Risk'])[1 + right(key, 2)::int % 5]
       WHERE key LIKE 'flow-%' AND folder IS DISTINCT FROM (ARRAY['Sales', 'Finance', 'Logistics', 'Care', 'Risk'])[1 + right(key, 2)::int % 5]`,
    );
    return {
      ...(wants('bulk') ? await bulkTerminate(database.url, environment.redisUrl) : {}),
      ...(wants('retention') ? await retentionPurge(database.url, environment.redisUrl, client) : {}),
      ...(await pages(environment, database, client, wants)),
    };
  } finally {
    await client.end();
    await database.stop();
  }
}

async function pages(
  environment: BenchEnvironment,
  database: KeptDatabase,
  client: pg.Client,
  wants: (part: Part) => boolean,
): Promise<Figures> {
  const figures: Figures = {};
  if (wants('list') || wants('dashboard') || wants('inbox') || wants('dashboards') || wants('scrub')) {
    const server = await startServerProcess({
      databaseUrl: database.url,
      redisUrl: environment.redisUrl,
      flags: ['--api'],
      env: tellsTimes,
    });
    try {
      await untilCaughtUp(client);
      const cookie = await server.signIn();
      const timed = (calls: Calls): Promise<Times> => timesOf(server, cookie, calls);
      if (wants('list')) {
        const asked = await filters(client);
        Object.assign(figures, await floor(timed), await whileUnvacuumed(client, () => lists('', timed, asked)));
        await vacuum(client);
        Object.assign(figures, await lists('Vacuumed', timed, asked));
      }
      if (wants('dashboard')) Object.assign(figures, await dashboards(timed));
      if (wants('inbox')) Object.assign(figures, await inbox(timed));
      if (wants('dashboards')) figures['dashboards200.cores'] = await dashboardCores(server, cookie, database.postgresPid);
      if (wants('scrub')) Object.assign(figures, await inBrowser((browser) => longInstance(browser, server, cookie, client)));
    } finally {
      await server.stop();
    }
  }
  if (wants('live')) Object.assign(figures, await inBrowser((browser) => commitToPage(browser, environment)));
  return figures;
}

async function inBrowser(measure: (browser: Browser) => Promise<Figures>): Promise<Figures> {
  await buildWebApp();
  const browser = await openBrowser();
  try {
    return await measure(browser);
  } finally {
    await browser.close();
  }
}

/** The read models have followed what was copied in. */
async function untilCaughtUp(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ behind: boolean }>(
      `SELECT coalesce((SELECT at FROM monitor_cursor WHERE name = 'stats'), 'epoch') < now() - interval '5 minutes'
           OR (SELECT count(*) FROM instance_standing) < (SELECT count(*) FROM instance WHERE status = 'Running')
           OR EXISTS (SELECT 1 FROM instance i WHERE i.status = 'Failed' AND i.workflow_key NOT LIKE '@%'
                      AND NOT EXISTS (SELECT 1 FROM instance_failure f WHERE f.instance_id = i.id)) AS behind`,
    );
    if (rows[0]?.behind === false) break;
    await new Promise((resume) => setTimeout(resume, 2_000));
  }
  await client.query('ANALYZE instance_standing; ANALYZE instance_failure; ANALYZE instance_stat; ANALYZE duration_stat;');
}

/** One filter each. */
async function filters(client: pg.Client): Promise<Record<string, Record<string, unknown>>> {
  const { rows } = await client.query<{ fingerprint: string }>('SELECT fingerprint FROM incident ORDER BY open DESC LIMIT 1');
  const ids = await client.query<{ id: string }>('SELECT id FROM instance ORDER BY id DESC LIMIT 200');
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
  return {
    none: {},
    status: { statuses: ['Failed'] },
    running: { statuses: ['Running'] },
    waiting: { statuses: ['Waiting'] },
    suspended: { statuses: ['Suspended'] },
    notCompleted: { notStatuses: ['Completed'] },
    workflow: { workflowKeys: ['flow-01'] },
    rareWorkflow: { workflowKeys: ['flow-40'] },
    version: { workflowKeys: ['flow-05'], version: 1 },
    startedAfter: { startedAfter: ago(dayMs) },
    startedBefore: { startedBefore: ago(300 * dayMs) },
    longerThan: { minDurationMs: 5 * dayMs },
    shorterThan: { maxDurationMs: 200 },
    tag: { tags: ['eu'] },
    rareTag: { tags: ['audit'] },
    withoutTests: { isTest: false },
    onlyTests: { isTest: true },
    errorCode: { errorCode: 'Code3' },
    errorText: { text: 'VAT number' },
    noText: { text: 'nothing has this' },
    folder: { folder: 'Logistics' },
    idPrefix: { text: '05-ORD-00' },
    partOfId: { text: '77123' },
    ids: { text: ids.rows.map(({ id }) => id).join('\n') },
    incident: { incident: rows[0]?.fingerprint ?? '' },
    stuck: { stuck: true },
    waitingKind: { waitingKinds: ['timer'] },
    waitingEvent: { waitingEvent: 'parcel.returned', waitingLongerThanMs: dayMs },
    waitingLong: { waitingLongerThanMs: 60 * dayMs },
  };
}

interface Times {
  /** What the server took. */
  server: number[];
  roundTrip: number[];
}

/** Asks one after another; an answer is given back for what is asked next. */
type Calls = (ask: (path: string, input: object) => Promise<unknown>) => Promise<void>;

async function timesOf(server: ServerProcess, cookie: string, calls: Calls): Promise<Times> {
  const requestIds: string[] = [];
  const roundTrip: number[] = [];
  await calls(async (path, input) => {
    const answer = await ask(server, cookie, path, input);
    requestIds.push(answer.requestId);
    roundTrip.push(answer.ms);
    return answer.data;
  });
  return { server: await serverTimes(server, requestIds), roundTrip };
}

type Timed = (calls: Calls) => Promise<Times>;

/** The least a route costs here and now: the rest is to be read beside it. */
async function floor(timed: Timed): Promise<Figures> {
  const { server, roundTrip } = await timed(async (call) => {
    for (let i = 0; i < 100; i += 1) await call('session.me', {});
  });
  return { 'floor.p50Ms': median(server), 'floor.p95Ms': p95Of(server), 'floor.roundTripP95Ms': p95Of(roundTrip) };
}

/** Pages and counts, which are asked for apart: `list.tagMs` and `listCount.tagMs`. */
async function lists(state: '' | 'Vacuumed', timed: Timed, asked: Record<string, Record<string, unknown>>): Promise<Figures> {
  const figures: Figures = {};
  const worst: Figures = {};
  const keep = (key: string, name: string, times: Times): string => {
    const [p95, roundTrip] = [p95Of(times.server), p95Of(times.roundTrip)];
    figures[`${key}.${name}Ms`] = p95;
    worst[`${key}.p95Ms`] = Math.max(worst[`${key}.p95Ms`] ?? 0, p95);
    worst[`${key}.roundTripP95Ms`] = Math.max(worst[`${key}.roundTripP95Ms`] ?? 0, roundTrip);
    return `${key} ${name} ${p95.toFixed(1)} ms, round trip ${roundTrip.toFixed(1)} ms`;
  };
  for (const [name, filter] of Object.entries(asked)) {
    const pages = keep(`list${state}`, name, await timed((call) => everyPage(call, filter)));
    const counts = keep(`listCount${state}`, name, await timed((call) => countAgain(call, filter)));
    console.error(`monitor: ${pages}; ${counts}`);
  }
  return { ...figures, ...worst };
}

/** A count that has reached its limit is remembered for a while: of those the first is the slowest. */
async function countAgain(call: Parameters<Calls>[0], filter: Record<string, unknown>): Promise<void> {
  for (let round = 0; round < roundsPerPage; round += 1) await call('instances.count', filter);
}

/** The newest page, those behind it, one from the middle, and the last. */
async function everyPage(call: Parameters<Calls>[0], filter: Record<string, unknown>): Promise<void> {
  const middle = Buffer.from(JSON.stringify([Date.now() - 45 * dayMs, 'x'])).toString('base64url');
  for (let round = 0; round < roundsPerPage; round += 1) {
    const { olderCursor: older } = (await call('instances.list', filter)) as { olderCursor: string | null }; // of the contract
    for (const page of [
      ...(older === null ? [] : [{ direction: 'older', cursor: older }]),
      { direction: 'older', cursor: middle },
      { direction: 'newer', cursor: middle },
      { direction: 'newer' },
    ])
      await call('instances.list', { ...filter, ...page });
  }
}

async function dashboards(timed: Timed): Promise<Figures> {
  const windows = ['1h', '24h', '7d', '30d'];
  // A window that nobody has asked for yet, each time: with a workflow of its own; then that of all.
  const workflows = Array.from({ length: 40 }, (_, i) => `flow-${String(i + 1).padStart(2, '0')}`);
  const asked = [...workflows, undefined].flatMap((workflowKey) => windows.map((window) => ({ window, workflowKey })));
  const { server, roundTrip } = await timed(async (call) => {
    for (const input of asked) await call('dashboard.get', input);
  });
  const slowest = asked
    .map(({ window, workflowKey = 'all' }, i) => ({ name: `${workflowKey} ${window}`, ms: server[i] ?? 0 }))
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, 5);
  console.error(`monitor: slowest dashboards ${slowest.map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`).join(', ')}`);
  return { 'dashboard.p95Ms': p95Of(server), 'dashboard.slowestMs': Math.max(...server), 'dashboard.roundTripP95Ms': p95Of(roundTrip) };
}

async function inbox(timed: Timed): Promise<Figures> {
  const { server, roundTrip } = await timed(async (call) => {
    for (let i = 0; i < 20; i += 1) for (const view of ['mine', 'available', 'all']) await call('tasks.list', { view, limit: 50 });
  });
  return { 'inbox.p95Ms': p95Of(server), 'inbox.roundTripP95Ms': p95Of(roundTrip) };
}

/** What server and database use while so many dashboards, over windows and workflows, ask as they do when something changes all the time. */
async function dashboardCores(server: ServerProcess, cookie: string, postgresPid: number): Promise<number> {
  const seconds = 15;
  const used = (): number => cpuSecondsOf(server.pid) + cpuSecondsOf(postgresPid);
  const before = used();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: openDashboards }, async (_, i) => {
      await new Promise((resume) => setTimeout(resume, (i * dashboardEveryMs) / openDashboards));
      while (performance.now() - startedAt < seconds * 1_000) {
        await ask(server, cookie, 'dashboard.get', { window: ['1h', '24h', '24h', '7d', '30d'][i % 5] });
        await new Promise((resume) => setTimeout(resume, dashboardEveryMs));
      }
    }),
  );
  return (used() - before) / ((performance.now() - startedAt) / 1_000);
}
