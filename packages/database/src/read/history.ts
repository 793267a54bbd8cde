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
 * Events after `afterSeq`, ascending, at most `limit`, and no more once `bytes` of stored (compressed) data are reached; undefined when there is no such
 * instance. One statement, so one snapshot: a commit shows either with all its events and the new head or not at all.
 */
export async function readHistory(
  prisma: PrismaClient,
  id: string,
  afterSeq: number,
  limit: number,
  bytes = unlimitedBytes,
): Promise<HistoryRead | undefined> {
  const [row] = await prisma.$queryRawUnsafe<HeadRow[]>(historySql, id, afterSeq, limit, bytes);
  if (!row) return undefined;
  const { headSeq, executionId, status, storedStatus } = row;
  // Made by the statement.
  const found = row.events === null ? [] : (JSON.parse(row.events) as [seq: number, type: string, at: number, data: object][]);
  const events = found.map(([seq, type, at, data]) => toHistoryEvent({ seq, type, at, data }));
  const last = events.at(-1)?.seq ?? afterSeq;
  return { events, head: { seq: headSeq, executionId, status, storedStatus }, more: events.length > 0 && last < headSeq };
}

/** The given types of event, ascending; with `step`, those of one step. */
export async function readHistoryOfTypes(
  prisma: PrismaClient,
  id: string,
  types: readonly string[],
  step: string | null,
): Promise<HistoryEvent[]> {
  const rows = await prisma.$queryRawUnsafe<{ seq: number; type: string; at: Date; data: object }[]>(typesSql, id, types, step);
  return rows.map((row) => toHistoryEvent({ ...row, at: row.at.getTime() }));
}

interface HeadRow {
  headSeq: number;
  executionId: string;
  status: ShownStatus;
  storedStatus: InstanceStatus;
  events: string | null;
}

const unlimitedBytes = 2_147_483_647;

function toHistoryEvent({ seq, at, type, data }: { seq: number; type: string; at: number; data: object }): HistoryEvent {
  // The row was written from a HistoryEvent, taken apart into columns; this puts it together again.
  return { seq, at, type, ...data } as HistoryEvent;
}

const historySql = sqlFile(import.meta.url, 'history.sql');
const typesSql = sqlFile(import.meta.url, 'history-of-types.sql');
