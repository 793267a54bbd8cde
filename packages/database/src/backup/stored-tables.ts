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
  worker_figures: 'what processes of the old installation told of themselves',
