/**
 * The monitor over 1,000,000 instances (monitor/seed.ts): what the pages cost the server, on the server's own routes, with its worker off so that
 * nothing but the pages runs. `list.p95Ms` is that of the worst filter; each filter's own stands beside it.
 */
import pg from 'pg';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { percentile } from './bench-runtime.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import { buildWebApp, openBrowser } from './browser.ts';
import type { BenchEnvironment } from './environment.ts';
import { bulkTerminate } from './monitor/bulk-terminate.ts';
import { commitToPage } from './monitor/commit-to-page.ts';
import { openKeptDatabase } from './monitor/kept-database.ts';
import { longInstance } from './monitor/long-instance.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const roundsPerPage = 12;
const openDashboards = 200;
/** As a dashboard asks when hints come all the time. */
const dashboardEveryMs = 3_000;

export async function monitor(environment: BenchEnvironment): Promise<Record<string, number>> {
  const database = await openKeptDatabase((text) => console.error(`monitor: ${text}`));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `UPDATE workflow SET folder = (ARRAY['Sales', 'Finance', 'Logistics', 'Care', 'Risk'])[1 + right(key, 2)::int % 5] WHERE key LIKE 'flow-%'`,
  );
  // With a worker of its own, and gone before the pages are measured.
  const bulk = await bulkTerminate(database.url, environment.redisUrl);
  const server = await startServerProcess({ databaseUrl: database.url, redisUrl: environment.redisUrl, flags: ['--api'] });
  try {
    await untilCaughtUp(client);
    const cookie = await server.signIn();
    // The least a route costs here and now: the rest is to be read beside it.
    const floor: number[] = [];
    for (let i = 0; i < 100; i += 1) floor.push((await ask(server, cookie, 'session.me', {})).ms);
    const figures: Record<string, number> = {
      ...bulk,
      'floor.p50Ms': percentile(
        floor.sort((a, b) => a - b),
        0.5,
      ),
      'floor.p95Ms': p95Of(floor),
    };
    let worst = 0;
    for (const [name, input] of Object.entries(await filters(client))) {
      const p95 = await listP95(server, cookie, input);
      figures[`list.${name}Ms`] = p95;
      console.error(`monitor: list ${name} ${p95.toFixed(1)} ms`);
      worst = Math.max(worst, p95);
    }
    figures['list.p95Ms'] = worst;
    // A window that nobody has asked for yet, each time: with a workflow of its own.
    const dashboards: number[] = [];
    for (let i = 0; i < 40; i += 1)
      for (const window of ['1h', '24h', '7d', '30d'])
        dashboards.push((await ask(server, cookie, 'dashboard.get', { window, workflowKey: `flow-${String(i + 1).padStart(2, '0')}` })).ms);
    const all: number[] = [];
    for (const window of ['1h', '24h', '7d', '30d']) all.push((await ask(server, cookie, 'dashboard.get', { window })).ms);
    figures['dashboard.p95Ms'] = p95Of([...dashboards, ...all]);
    figures['dashboard.slowestMs'] = Math.max(...all, ...dashboards);
    const inbox: number[] = [];
    for (let i = 0; i < 20; i += 1)
      for (const view of ['mine', 'available', 'all']) inbox.push((await ask(server, cookie, 'tasks.list', { view, limit: 50 })).ms);
    figures['inbox.p95Ms'] = p95Of(inbox);
    figures['dashboards200.cores'] = await dashboardCores(server, cookie, database.postgresPid);
    await buildWebApp();
    const browser = await openBrowser();
    try {
      Object.assign(figures, await longInstance(browser, server, cookie, client), await commitToPage(browser, environment));
    } finally {
      await browser.close();
    }
    return figures;
  } finally {
    await server.stop();
    await client.end();
    await database.stop();
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

/** Of the newest page, those behind it, one from the middle, and the last. */
async function listP95(server: ServerProcess, cookie: string, filter: Record<string, unknown>): Promise<number> {
  const times: number[] = [];
  const middle = Buffer.from(JSON.stringify([Date.now() - 45 * dayMs, 'x'])).toString('base64url');
  for (let round = 0; round < roundsPerPage; round += 1) {
    const newest = await ask(server, cookie, 'instances.list', filter);
    times.push(newest.ms);
    const older = (newest.data as { olderCursor: string | null }).olderCursor; // of the contract
    for (const page of [
      ...(older === null ? [] : [{ direction: 'older', cursor: older }]),
      { direction: 'older', cursor: middle },
      { direction: 'newer', cursor: middle },
      { direction: 'newer' },
    ])
      times.push((await ask(server, cookie, 'instances.list', { ...filter, ...page })).ms);
  }
  return p95Of(times);
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

async function ask(server: ServerProcess, cookie: string, path: string, input: object): Promise<{ ms: number; data: unknown }> {
  const startedAt = performance.now();
  const answer = await fetch(`${server.origin}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: { cookie } });
  const text = await answer.text();
  const ms = performance.now() - startedAt;
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  return { ms, data: (JSON.parse(text) as { result: { data: unknown } }).result.data };
}

function p95Of(times: readonly number[]): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    0.95,
  );
}
