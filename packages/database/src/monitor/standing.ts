/** Where running instances stand (table instance_standing): brought up to date by the ids that somebody saw change, or by going through all. */
import { sqlFile } from '../sql-file.ts';
import type { Ask } from '../asking.ts';

const writeSql = sqlFile(import.meta.url, 'write-standing.sql');
const clearSql = sqlFile(import.meta.url, 'clear-standing.sql');
const runningAfterSql = sqlFile(import.meta.url, 'running-after.sql');
const standingAfterSql = sqlFile(import.meta.url, 'standing-after.sql');

/** Reads these instances and keeps where they stand. Whoever calls it may be late, or call it twice. Gives how many rows changed. */
export async function keepStanding(ask: Ask, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const written = await ask(writeSql, [ids]);
  const cleared = await ask(clearSql, [ids]);
  return written.length + cleared.length;
}

/** Goes through everything that runs or is said to run, a portion at a time: what no process told of comes in here. */
export type StandingSweep =
  | { readonly through: 'running'; readonly partition: number; readonly after: string }
  | { readonly through: 'standing'; readonly after: string };

export const firstSweep: StandingSweep = { through: 'running', partition: 0, after: '' };

/** One portion. Gives where the next begins, or null at the end, and how many rows were changed. */
export async function sweepStanding(
  ask: Ask,
  sweep: StandingSweep,
  options: { partitions: number; portion: number },
): Promise<{ next: StandingSweep | null; changed: number }> {
  const { partitions, portion } = options;
  const rows =
    sweep.through === 'running'
      ? await ask<{ id: string; differs: boolean }>(runningAfterSql, [sweep.partition, sweep.after, portion])
      : await ask<{ id: string; differs: boolean }>(standingAfterSql, [sweep.after, portion]);
  const changed = await keepStanding(
    ask,
    rows.filter(({ differs }) => differs).map(({ id }) => id),
  );
  const last = rows.at(-1)?.id;
  if (rows.length === portion && last !== undefined) return { next: { ...sweep, after: last }, changed };
  if (sweep.through === 'standing') return { next: null, changed };
  const partition = sweep.partition + 1;
  return { next: partition < partitions ? { through: 'running', partition, after: '' } : { through: 'standing', after: '' }, changed };
}
