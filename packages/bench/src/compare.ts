/**
 * hello5 on DBOS and on BullMQ, on servers like the ones it ran on. Both are installed by npm into a temporary directory, pinned, when they are asked
 * for: they are no dependencies of ours. Durability is the same as far as each can: Postgres with fsync and synchronous_commit on for DBOS; for BullMQ
 * a Redis with `appendfsync always`, which makes a completed job as durable as a commit.
 */
import { execFileSync, fork } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures } from './benches.ts';
import { startServers } from './environment.ts';

const packages = { '@dbos-inc/dbos-sdk': '5.3.0', bullmq: '6.7.0', ioredis: '5.11.1' };
/** Several times what either takes on an idle machine. */
const limitMs = 120_000;

/** `…Ratio`: how many times as many workflows Perdure finished in a second, and how many times as long the other took for one. */
export async function compare(hello5: Figures): Promise<Figures> {
  const home = await mkdtemp(join(tmpdir(), 'perdure-compare-'));
  try {
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: packages }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      cwd: home,
      stdio: 'inherit',
      timeout: 120_000,
    });
    cpSync(fileURLToPath(new URL('../compare', import.meta.url)), home, { recursive: true });
    const figures: Figures = {};
    for (const name of ['dbos', 'bullmq']) {
      const servers = await startServers({ redisSettings: { appendonly: 'yes', appendfsync: 'always' } });
      try {
        const { adminUrl, redisUrl } = servers;
        const {
          workflowsPerSecond = 0,
          p50Ms = 0,
          p99Ms = 0,
        } = await run(join(home, `${name}.mjs`), { BENCH_DATABASE_URL: adminUrl, BENCH_REDIS_URL: redisUrl ?? '' });
        figures[`${name}PerSecond`] = workflowsPerSecond;
        figures[`${name}P50Ms`] = p50Ms;
        figures[`${name}P99Ms`] = p99Ms;
        figures[`${name}ThroughputRatio`] = (hello5['workflowsPerSecond'] ?? Number.NaN) / workflowsPerSecond;
        figures[`${name}LatencyRatio`] = p50Ms / (hello5['p50Ms'] ?? Number.NaN);
      } finally {
        await servers.stop();
      }
    }
    return figures;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(program: string, env: Record<string, string>): Promise<Figures> {
  const child = fork(program, { env: { PATH: process.env['PATH'] ?? '', ...env }, execArgv: [] });
  return new Promise((settle, fail) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('message', (figures: Figures) => settle(figures));
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      fail(new Error(`${program} ended without figures (${signal ?? `exit code ${code}`}).`));
    });
  });
}
