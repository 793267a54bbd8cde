import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export interface Database {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/** Opens the database for everything that is not on the runtime's hot path. Connections are made when they are first needed. */
export function openDatabase(options: { readonly url: string; readonly poolSize: number }): Database {
  const adapter = new PrismaPg(
    { connectionString: options.url, max: options.poolSize, connectionTimeoutMillis: 10_000, application_name: 'perdure' },
    // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  const prisma = new PrismaClient({ adapter });
  return { prisma, close: () => prisma.$disconnect() };
}
