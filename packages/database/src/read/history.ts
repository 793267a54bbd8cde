import type { HistoryEvent, InstanceStatus } from '@perdure/engine';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { ShownStatus } from './instance-row.ts';

export interface HistoryRead {
  events: HistoryEvent[];
  /** Of the instance, at the moment of reading: events and head belong together. */
  head: { seq: number; executionId: string; status: ShownStatus; storedStatus: InstanceStatus };
  /** Events behind these exist already. */
  more: boolean;
}

/**
 * Events after `afterSeq`, ascending, at most `limit`; undefined when there is no such instance.
 * One statement, so one snapshot: a commit shows either with all its events and the new head or not at all.
 */
export async function readHistory(prisma: PrismaClient, id: string, afterSeq: number, limit: number): Promise<HistoryRead | undefined> {
  const rows = await prisma.$queryRawUnsafe<HistoryRow[]>(historySql, id, afterSeq, limit);
  const first = rows[0];
  if (!first) return undefined;
  const events = rows.filter((row) => row.seq !== null).map(toHistoryEvent);
  const { headSeq, executionId, status, storedStatus } = first;
  const last = events.at(-1)?.seq ?? afterSeq;
  return { events, head: { seq: headSeq, executionId, status, storedStatus }, more: last < headSeq && events.length === limit };
}

/** The given types of event, ascending; with `step`, those of one step. */
export async function readHistoryOfTypes(
  prisma: PrismaClient,
  id: string,
  types: readonly string[],
  step: string | null,
): Promise<HistoryEvent[]> {
  const rows = await prisma.$queryRawUnsafe<HistoryRow[]>(typesSql, id, types, step);
  return rows.map(toHistoryEvent);
}

interface HistoryRow {
  headSeq: number;
  executionId: string;
  status: ShownStatus;
  storedStatus: InstanceStatus;
  seq: number | null;
  type: string;
  at: Date;
  data: object;
}

function toHistoryEvent(row: HistoryRow): HistoryEvent {
  // The row was written from a HistoryEvent, taken apart into columns; this puts it together again.
  return { seq: row.seq, at: row.at.getTime(), type: row.type, ...row.data } as HistoryEvent;
}

const historySql = sqlFile(import.meta.url, 'history.sql');
const typesSql = sqlFile(import.meta.url, 'history-of-types.sql');
