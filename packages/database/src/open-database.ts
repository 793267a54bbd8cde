import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { type Duty, type Lead, takeLead } from './lead.ts';
import { openPool } from './open-pool.ts';

export interface Database {
  readonly prisma: PrismaClient;
  /** For what one process of the installation does at a time; null while another does. Over a connection of its own. */
  lead(duty: Duty): Promise<Lead | null>;
  close(): Promise<void>;
}

/** What people ask is answered within seconds or not at all: a caller holds a connection and a place in memory as long as it waits. */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 10_000;
/** Nobody waits for what a leader does. */
const leaderStatementTimeoutMs = 60_000;

/** Opens the database for everything that is not on the runtime's hot path. Connections are made when they are first needed. */
export function openDatabase(options: { readonly url: string; readonly poolSize: number }): Database {
  const connection = {
    connectionString: options.url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'perdure',
    // What people ask takes milliseconds: compiling a plan, or sharing it among processes, costs more than it saves.
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
  };
  const pool = openPool({
    ...connection,
    max: options.poolSize,
    statement_timeout: statementTimeoutMs,
    // For answers that never come: a network that swallows everything gives no error of its own.
    query_timeout: statementTimeoutMs + 1_000,
  });
  const adapter = new PrismaPg(pool, { disposeExternalPool: true });
  const prisma = new PrismaClient({ adapter });
  const leads = openPool({
    ...connection,
    max: 1,
    statement_timeout: leaderStatementTimeoutMs,
    query_timeout: leaderStatementTimeoutMs + 1_000,
  });
  return {
    prisma,
    lead: (duty) => takeLead(leads, duty),
    async close() {
      await Promise.all([prisma.$disconnect(), leads.end()]);
    },
  };
}
