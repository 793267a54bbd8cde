/**
 * What happened to instances, counted by minute, quarter of an hour, hour and six hours (tables instance_stat and duration_stat).
 *
 * T1 Counting a minute again is harmless and gives what is stored then; a number never falls, so that purging does not rewrite the past.
 * T2 A minute counts as done when it is over for as long as a commit may be late; a later one is caught by counting the last minutes again.
 */
import { sqlFile } from '../sql-file.ts';
import type { Ask } from '../asking.ts';

const countInstancesSql = sqlFile(import.meta.url, 'count-instances.sql');
const countDurationsSql = sqlFile(import.meta.url, 'count-durations.sql');
const sampleSql = sqlFile(import.meta.url, 'sample-standing.sql');
const rollUpSql = sqlFile(import.meta.url, 'roll-up.sql');
const forgetSql = sqlFile(import.meta.url, 'forget-stats.sql');
const firstMomentSql = sqlFile(import.meta.url, 'first-moment.sql');

/** The lengths that are kept, each of the one before. */
export const stretches = [1, 15, 60, 360] as const;

const minuteMs = 60_000;
/** T2 */
const lateMs = 45_000;
const cursorName = 'stats';

/**
 * Counts from where counting stands until now, at most `mostMs` of time at once. Gives the moment up to which all is counted and whether
 * that is now.
 */
export async function countStats(ask: Ask, options: { mostMs: number }): Promise<{ upTo: Date; isNow: boolean }> {
  const [clock] = await ask<{ now: Date }>('SELECT now() AS now', []);
  const now = clock?.now.getTime() ?? Date.now();
  const [cursor] = await ask<{ at: Date }>('SELECT at FROM monitor_cursor WHERE name = $1', [cursorName]);
  const from = cursor?.at.getTime() ?? (await ask<{ at: Date }>(firstMomentSql, []))[0]?.at.getTime() ?? now;
  const until = Math.min(Math.floor(now / minuteMs) * minuteMs + minuteMs, from + options.mostMs);
  const [since, to] = [new Date(from), new Date(until)];
  await ask(countInstancesSql, [since, to]);
  await ask(countDurationsSql, [since, to]);
  const isNow = until > now;
  if (isNow) await ask(sampleSql, [new Date(until - minuteMs)]);
  for (const [i, stretch] of stretches.entries()) {
    const coarser = stretches[i + 1];
    if (coarser !== undefined) await ask(rollUpSql, [stretch, coarser, since, new Date(until - 1)]);
  }
  const done = Math.min(until, Math.floor((now - lateMs) / minuteMs) * minuteMs);
  await ask('INSERT INTO monitor_cursor (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at', [
    cursorName,
    new Date(Math.max(from, done)),
  ]);
  return { upTo: to, isNow };
}

/** T2: the cursor goes back by some minutes. */
export async function countAgain(ask: Ask, minutes: number): Promise<void> {
  await ask('UPDATE monitor_cursor SET at = at - make_interval(mins => $2::int) WHERE name = $1', [cursorName, minutes]);
}

export async function forgetStats(ask: Ask): Promise<void> {
  await ask(forgetSql, []);
}
