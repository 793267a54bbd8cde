/**
 * Postgres that is there and cannot serve: its disk is full, its connections are taken, it does not answer. Fails closed: callers are told
 * `unavailable` with the reason and never anything else, nothing acknowledged is lost, and work goes on by itself when it is over.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, startOwnPostgres, type OwnPostgres } from '@perdure/testing';
import { startServerProcess } from '@perdure/testing/server-process';
import { migrate } from '@perdure/database';
import pg from 'pg';
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts';
import { HttpCallers } from '../http-callers.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

const faultMs = 7_000;
/** A request may wait for a batch that began before it, and both for the statement timeout of 4 s: one must see its end. */
const stallMs = 11_000;
/** At the gate at once; they hold as many connections as there are. */
const besiegerCount = 8;
const options = { leaseMs: 2_000, renewEveryMs: 400 };

export const slowPostgres: Drill = {
  name: 'slow-postgres',
  title: 'Postgres does not answer commits for 11 s: history and messages are locked',
  unit: 'stalls',
  sizes: { verify: 1, full: 20, part: 5 },
  run: async (context) => run(context, await context.ownPostgres(), stall),
};

export const connections: Drill = {
  name: 'connections',
  title: 'Others take every connection of Postgres, and those there were are cut, for 7 s',
  unit: 'sieges',
  sizes: { verify: 1, full: 20, part: 5 },
  run: async (context) => run(context, await context.ownPostgres({ max_connections: '60' }), besiege),
};

export const diskFull: Drill = {
  name: 'disk-full',
  title: 'The disk of Postgres is full for 7 s (needs the right to mount a tmpfs)',
  unit: 'floods',
  sizes: { verify: 1, full: 20, part: 5 },
  async run(context) {
    const disk = join(context.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m,mode=0755', 'tmpfs', disk]);
    context.defer(() => void execFileSync('umount', ['-l', disk]));
    const postgres = await startOwnPostgres({ max_wal_size: '64MB', min_wal_size: '32MB' }, disk);
    context.defer(() => postgres.stop());
    await migrate(postgres.url);
    return run(context, postgres, () => flood(disk, postgres));
  },
};

async function run(context: DrillContext, postgres: OwnPostgres, fault: (postgres: OwnPostgres) => Promise<void>): Promise<DrillOutcome> {
  const redis = await context.redis();
  const services = { databaseUrl: postgres.url, redisUrl: redis.url };
  const scene = await Scene.begin(context, services, mixedLoads);
  await scene.worker(options);
  await scene.worker(options);
  const server = await startServerProcess({ ...services, flags: ['--api'] });
  context.defer(() => server.kill());
  const load = scene.keepFed(24);
  await scene.movesAgain();
  const callers = new HttpCallers(server, scene);
  for (let n = 0; n < context.planned; n += 1) {
    await sleep(context.random() * 2_000);
    await callers.throughout(String(n), () => scene.strike('everyone', 5_000, () => fault(postgres)));
    await scene.movesAgain();
  }
  await load.stop();
  return scene.outcome(context.planned, { measured: callers.measured, problems: callers.problems });
}

async function stall(postgres: OwnPostgres): Promise<void> {
  const client = await connected(postgres);
  await client.query('BEGIN');
  await client.query('LOCK TABLE history_event, message IN ACCESS EXCLUSIVE MODE');
  await sleep(stallMs);
  await client.query('COMMIT');
  await client.end();
}

/**
 * Takes every connection that is free, cuts those the product has, and takes their places: besiegers try all the time, the product when it
 * has something to ask. Whatever slips through all the same is cut again.
 */
async function besiege(postgres: OwnPostgres): Promise<void> {
  const admin = await connected(postgres);
  let isFull = false;
  let isOver = false;
  const besiegers = Array.from({ length: besiegerCount }, async () => {
    const held: pg.Client[] = [];
    while (!isOver) {
      const client = await connected(postgres).catch(() => undefined);
      if (client !== undefined) {
        held.push(client);
        continue;
      }
      isFull = true;
      await sleep(50);
    }
    await Promise.all(held.map((client) => client.end().catch(() => undefined)));
  });
  // First what is free, so that only what is cut is fought for.
  await eventually('the besiegers are refused', () => isFull || undefined);
  const until = performance.now() + faultMs;
  while (performance.now() < until) {
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('perdure', 'perdure-worker', 'perdure migrate')`,
    );
    await sleep(100);
  }
  isOver = true;
  await Promise.all(besiegers);
  await admin.end();
}

/** Fills the disk to the last block; when Postgres did not survive that, it is started again as soon as there is room. */
async function flood(disk: string, postgres: OwnPostgres): Promise<void> {
  const ballast = join(disk, 'ballast');
  const file = openSync(ballast, 'w');
  const block = Buffer.alloc(64 * 1024);
  const until = performance.now() + faultMs;
  while (performance.now() < until) {
    try {
      for (;;) writeSync(file, block);
    } catch {
      await sleep(50);
    }
  }
  closeSync(file);
  rmSync(ballast);
  const isThere = await connected(postgres).then(
    (client) => client.end().then(() => true),
    () => false,
  );
  if (isThere) return;
  // It may be recovering by itself.
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 250) {
    await sleep(250);
    if (!isRunning(postgres.pid)) return postgres.restart();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function connected(postgres: OwnPostgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
