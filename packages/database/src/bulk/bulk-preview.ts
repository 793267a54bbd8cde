/** What an action would reach, counted exactly, and the job that freezes it: both ask the same question (bulk-job.sql). */
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { type InstanceFilter, selectInstanceIds } from '../read/instance-list.ts';
import type { InstanceRecord } from '../read/instance-row.ts';
import { sqlFile } from '../sql-file.ts';
import { SqlValues } from '../sql-parts.ts';
import { type BulkAction, type BulkAim, bulkSql, withRefusal } from './bulk-action.ts';

export interface BulkQuestion {
  action: BulkAction;
  aim: BulkAim;
  filter: InstanceFilter;
  /** Instances started later are not meant. */
  asOf: Date;
  /** Only instances of these workflows are reached; null: of any. The filter may find others, which are counted as left out. */
  within: readonly string[] | null;
}

export interface BulkCounts {
  eligible: number;
  /** Why the others are not reached; most first. */
  refused: { code: string; count: number }[];
}

const columnsSql = sqlFile(import.meta.url, '../read/instance-columns.sql');

export async function countBulk(prisma: PrismaClient, question: BulkQuestion): Promise<BulkCounts> {
  const { sql, values } = ask('count', question);
  const rows = await prisma.$queryRawUnsafe<{ refusal: string | null; value: number }[]>(sql, ...values);
  const refused = rows.flatMap(({ refusal, value }) => (refusal === null ? [] : [{ code: refusal, count: value }]));
  return {
    eligible: rows.find(({ refusal }) => refusal === null)?.value ?? 0,
    refused: refused.sort((a, b) => b.count - a.count),
  };
}

/** By the clock that dates the instances. */
export async function databaseTime(prisma: PrismaClient): Promise<Date> {
  const [row] = await prisma.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (row === undefined) throw new Error('The database has no clock.');
  return row.now;
}

/** The newest of those it would reach. */
export async function sampleBulk(prisma: PrismaClient, question: BulkQuestion, limit: number): Promise<InstanceRecord[]> {
  const { sql, values } = ask('sample', reached(question), { limit });
  return prisma.$queryRawUnsafe<InstanceRecord[]>(`${columnsSql}\n${sql}`, ...values);
}

/** Gives the job its items and says how many; at most `limit`. In the transaction that makes the job. */
export async function freezeBulk(tx: Prisma.TransactionClient, job: string, question: BulkQuestion, limit: number): Promise<number> {
  const { sql, values } = ask('freeze', reached(question), { job, limit });
  return tx.$executeRawUnsafe(sql, ...values);
}

/** What lies elsewhere is told of in the count alone: here it need not be found at all. */
function reached({ within, filter, ...question }: BulkQuestion): BulkQuestion {
  if (within === null) return { ...question, filter, within };
  const covered = new Set(within);
  const workflowKeys = filter.workflowKeys === undefined ? within : filter.workflowKeys.filter((key) => covered.has(key));
  return { ...question, filter: { ...filter, workflowKeys }, within: null };
}

function ask(
  part: 'count' | 'sample' | 'freeze',
  { action, aim, filter, asOf, within }: BulkQuestion,
  own: Readonly<Record<string, unknown>> = {},
): { sql: string; values: unknown[] } {
  // The values of the ids come first: its statement names their places.
  const found = selectInstanceIds(filter);
  const values = new SqlValues();
  values.list.push(...found.values);
  const piece = within === null ? bulkSql(part) : bulkSql(part).replaceAll('@refusal', () => bulkSql('elsewhere'));
  const sql = values.bind(withRefusal(piece, action), { ...aim, asOf, within, ...own }).replaceAll('@found', () => found.sql);
  return { sql, values: values.list };
}
