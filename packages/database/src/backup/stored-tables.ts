import type pg from 'pg';
import { sqlFile } from '../sql-file.ts';
import type { ArchivedTable } from './archive.ts';

const tablesSql = sqlFile(import.meta.url, 'stored-tables.sql');

/**
 * Tables whose rows a backup leaves out, and why. Everything else in the schema is kept, so that a new table is in the backup without being
 * thought of.
 */
export const leftOut: Readonly<Record<string, string>> = {
  _prisma_migrations: 'written by the restore itself; what was applied stands at the head of the backup',
  worker: 'processes of the old installation, which do not come along',
  session: 'a session ended since would be open again',
  verification: 'a one-use link used since would be good again',
  notice: 'mail and webhooks on their way are the business of the old installation, and may hold one-use links',
  worker_figures: 'what processes of the old installation told of themselves',
};

/** The tables to keep with the columns that are stored (not generated), each after those it refers to. */
export async function storedTables(client: pg.ClientBase): Promise<readonly ArchivedTable[]> {
  const { rows: tables } = await client.query<{ table: string; columns: string[]; refers: string[] }>(tablesSql);
  const waiting = tables.filter(({ table }) => !Object.hasOwn(leftOut, table));
  const ordered: ArchivedTable[] = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ table }) => table));
    const next = waiting.findIndex(({ refers }) => !refers.some((name) => names.has(name)));
    const [found] = waiting.splice(next, next === -1 ? 0 : 1);
    if (found === undefined) throw new Error(`These tables refer to each other in a circle: ${[...names].join(', ')}.`);
    ordered.push({ table: found.table, columns: found.columns });
  }
  return ordered;
}
