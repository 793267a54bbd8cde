/** The connections that bring the read models up to date: few of them, apart from those that answer people, so that neither waits for the other. */
import type { Ask } from '../asking.ts';
import { askOf, type Lead, takeLead } from '../lead.ts';
import { openPool } from '../open-pool.ts';

export interface MonitorDatabase {
  readonly ask: Ask;
  /** Null while another process leads. */
  lead(): Promise<Lead | null>;
  close(): Promise<void>;
}

export function openMonitorDatabase(url: string): MonitorDatabase {
  const pool = openPool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    query_timeout: 31_000,
    application_name: 'perdure monitor',
    // Portions are small: compiling a plan for them, or sharing it among processes, costs more than it saves.
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
  });
  return { ask: askOf(pool), lead: () => takeLead(pool, 'monitor'), close: () => pool.end() };
}
