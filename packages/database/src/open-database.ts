import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export interface Database {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/** What people ask is answered within seconds or not at all: a caller holds a connection and a place in memory as long as it waits. */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 10_000;

/** Opens the database for everything that is not on the runtime's hot path. Connections are made when they are first needed. */
export function openDatabase(options: { readonly url: string; readonly poolSize: number }): Database {
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      // For answers that never come: a network that swallows everything gives no error of its own.
      query_timeout: statementTimeoutMs + 1_000,
      application_name: 'perdure',
      // What people ask takes milliseconds: compiling a plan, or sharing it among processes, costs more than it saves.
      options: '-c jit=off -c max_parallel_workers_per_gather=0',
    },
    // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  const prisma = new PrismaClient({ adapter });
  return { prisma, close: () => prisma.$disconnect() };
}
