import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';
import { createFigures } from './figures.ts';
import { serveFigures } from './serve-figures.ts';
import { freePort } from '@perdure/embedded';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Every series, name and labels, with its value. */
async function scrape(): Promise<Map<string, number>> {
  const { status, body } = (await server?.call('GET', '/metrics')) ?? {};
  expect(status).toBe(200);
  const lines = String(body)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

it('the dashboard asks for nothing that is not measured', async () => {
  server = await startTestServer();
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/conference-booking?timeout=20', { body: {} });
  const measured = new Set([...(await scrape()).keys()].map((series) => series.split('{')[0]));
  const text = readFileSync(new URL('../../../../docs/operations/grafana-dashboard.json', import.meta.url), 'utf8');
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
  const asked = panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:perdure|process|nodejs)_\w+/g)].map(([name]) => ({ title, name }))),
  );
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter(({ name }) => !measured.has(name))).toEqual([]);
  // And the other way round: what is measured for operators is shown to them.
  const shown = new Set(asked.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
  const own = [...measured].flatMap((name) => (name?.startsWith('perdure_') ? [name.replace(/_(bucket|sum|count)$/, '')] : []));
  expect(
    [...new Set(own)].filter(
      (name) =>
        !shown.has(name) && !['perdure_commands_total', 'perdure_resident_instances', 'perdure_activities_started_total'].includes(name),
    ),
  ).toEqual([]);
});

it('figures move with the work', async () => {
  server = await startTestServer();
  const before = await scrape();
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/conference-booking?timeout=20', { body: {} });
  const after = await scrape();
  const grown = (series: string): number => (after.get(series) ?? 0) - (before.get(series) ?? 0);
  for (const series of ['perdure_turns_total', 'perdure_commits_total', 'perdure_events_stored_total', 'perdure_commit_batch_size_count'])
    expect([series, grown(series) > 0]).toEqual([series, true]);
  expect(grown('perdure_state_reads_total{level="memory"}')).toBeGreaterThan(0);
  expect(grown('perdure_activity_duration_seconds_count{activity="http",outcome="ok"}')).toBeGreaterThan(0);
  expect(after.get('perdure_partitions_owned')).toBe(64);
  expect(after.get('perdure_oldest_message_seconds')).toBeLessThan(60);
});

it('a process without the API serves them to the admin key alone', async () => {
  const port = await freePort();
  const key = 'k'.repeat(30);
  const served = await serveFigures(createFigures(), { host: '127.0.0.1', port, apiKey: key });
  try {
    const get = (path: string, authorization?: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, authorization === undefined ? {} : { headers: { authorization } });
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', 'Bearer wrong')).status).toBe(401);
    expect((await get('/other', `Bearer ${key}`)).status).toBe(404);
    const answer = await get('/metrics', `Bearer ${key}`);
    expect([answer.status, (await answer.text()).includes('process_cpu_seconds_total')]).toEqual([200, true]);
  } finally {
    await served.close();
  }
});
