/**
 * A Postgres whose database takes minutes to fill, kept for later runs in PERDURE_BENCH_DIR or the system's temporary directory.
 * It is filled anew when what is seeded has changed, or when a run ended in the middle of it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@perdure/database';
import { freePort, initialiseCluster, startCluster } from '@perdure/embedded';
import pg from 'pg';
import { seed, seedFormat } from './seed.ts';

export interface KeptDatabase {
  url: string;
  postgresPid: number;
  stop(): Promise<void>;
}

export async function openKeptDatabase(say: (text: string) => void): Promise<KeptDatabase> {
  const home = join(process.env['PERDURE_BENCH_DIR'] ?? tmpdir(), 'perdure-bench-monitor');
  const note = join(home, 'seeded.json');
  const kept = existsSync(note) ? (JSON.parse(await readFile(note, 'utf8')) as { format: number; password: string }) : null; // written below
  if (kept?.format !== seedFormat) await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const password = kept?.format === seedFormat ? kept.password : randomUUID();
  const cluster = { directory: join(home, 'postgres'), port: await freePort(), password };
  await initialiseCluster(cluster);
  const start = (settings: Record<string, string>) =>
    startCluster({ ...cluster, logFile: join(home, 'postgres.log'), endWithParent: true, settings });
  if (kept?.format !== seedFormat) {
    const filling = await start({ fsync: 'off', full_page_writes: 'off', max_wal_size: '8GB', shared_buffers: '1GB', autovacuum: 'off' });
    const client = new pg.Client({ connectionString: filling.url('postgres') });
    await client.connect();
    await client.query('CREATE DATABASE monitor');
    await client.end();
    await migrate(filling.url('monitor'));
    await seed(filling.url('monitor'), say);
    await filling.stop();
    await writeFile(note, JSON.stringify({ format: seedFormat, password }));
  }
  // As environment.ts has it for the other benches.
  const postgres = await start({ shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min' });
  await migrate(postgres.url('monitor'));
  return { url: postgres.url('monitor'), postgresPid: postgres.pid, stop: () => postgres.stop() };
}
