import type { HistoryEvent, InstanceStatus } from '@perdure/engine';
import type { Json } from '@perdure/graph';
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
 * Events after `afterSeq`, ascending, at most `limit`, and no more once `bytes` of stored (compressed) data are reached, 1 MB unless told: `more` says
 * that there are others. Undefined when there is no such instance. One statement, so one snapshot: a commit shows either with all its events and the
 * new head or not at all.
 */
export async function readHistory(
  prisma: PrismaClient,
  id: string,
  afterSeq: number,
  limit: number,
  bytes = pageBytes,
): Promise<HistoryRead | undefined> {
  const [row] = await prisma.$queryRawUnsafe<HeadRow[]>(historySql, id, afterSeq, limit, bytes);
  return row && historyRead(row, afterSeq);
}

/** Like `readHistory`, without large values: `{ $omitted: bytes, seq, field }` stands where one was, to be read from that event when it is wanted. */
export async function readLeanHistory(prisma: PrismaClient, id: string, afterSeq: number, limit: number): Promise<HistoryRead | undefined> {
  const [row] = await prisma.$queryRawUnsafe<HeadRow[]>(leanSql, id, afterSeq, limit);
  return row && historyRead(row, afterSeq);
}

function historyRead(row: HeadRow, afterSeq: number): HistoryRead {
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

/** A stretch of a history: its first and last event, epoch ms, and what failed in it. */
export interface HistoryStretch {
  firstSeq: number;
  lastSeq: number;
  firstAt: number;
  lastAt: number;
  failures: number;
  firstFailure: number | null;
}

/** The whole history in at most `stretches` of equal length. Empty when there is no such instance. */
export async function readHistoryOutline(prisma: PrismaClient, id: string, stretches: number): Promise<HistoryStretch[]> {
  return prisma.$queryRawUnsafe<HistoryStretch[]>(outlineSql, id, stretches);
}

/** The newest kept state that holds no event behind `seq`; undefined = the history has to be folded from its beginning. */
export async function readCheckpointBefore(
  prisma: PrismaClient,
  id: string,
  seq: number,
): Promise<{ seq: number; state: Json } | undefined> {
  const [row] = await prisma.$queryRawUnsafe<{ seq: number; state: Json }[]>(checkpointSql, id, seq);
  return row;
}

/** Who the events of these types were done by, as far as they are people. */
export async function listPeopleOfInstance(
  prisma: PrismaClient,
  id: string,
  types: readonly string[],
): Promise<{ id: string; name: string }[]> {
  return prisma.$queryRawUnsafe<{ id: string; name: string }[]>(peopleSql, id, types);
}

interface HeadRow {
  headSeq: number;
  executionId: string;
  status: ShownStatus;
  storedStatus: InstanceStatus;
  events: string | null;
}

/** Values of 64 KB each must not make a page of thousands of events fill the memory. */
const pageBytes = 1_048_576;

function toHistoryEvent({ seq, at, type, data }: { seq: number; type: string; at: number; data: object }): HistoryEvent {
  // The row was written from a HistoryEvent, taken apart into columns; this puts it together again.
  return { seq, at, type, ...data } as HistoryEvent;
}

const historySql = sqlFile(import.meta.url, 'history.sql');
const leanSql = sqlFile(import.meta.url, 'history-lean.sql');
const outlineSql = sqlFile(import.meta.url, 'history-outline.sql');
const checkpointSql = sqlFile(import.meta.url, 'checkpoint-before.sql');
const peopleSql = sqlFile(import.meta.url, 'people-of-instance.sql');
const typesSql = sqlFile(import.meta.url, 'history-of-types.sql');
