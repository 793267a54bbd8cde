import { parseDuration } from '@perdure/graph';
import type { Json } from '@perdure/graph';
import { parseMoment } from './moment.ts';

/*
 * Times as people and expressions give them, turned into epoch milliseconds. Undefined = the value is no such thing.
 */

/** A duration from `at`: text (`90s`, `PT90S`) or milliseconds. A negative number is over already. */
export function durationOf(value: Json, at: number): number | undefined {
  if (typeof value === 'number') return validMoment(at + value);
  const duration = typeof value === 'string' ? parseDuration(value) : undefined;
  return duration === undefined ? undefined : validMoment(at + duration);
}

/** A moment: ISO 8601 with its zone, or epoch milliseconds. */
export function momentOf(value: Json): number | undefined {
  if (typeof value === 'number') return validMoment(value);
  return typeof value === 'string' ? parseMoment(value) : undefined;
}

/** A duration before (negative) or after another moment: `-4h`, `2d`, or milliseconds. */
export function offsetFrom(value: Json, moment: number): number | undefined {
  if (typeof value !== 'string' || !value.trim().startsWith('-')) return durationOf(value, moment);
  const duration = parseDuration(value.trim().slice(1));
  return duration === undefined ? undefined : validMoment(moment - duration);
}

/** Either. A number below 10¹¹ (three years of milliseconds, the spring of 1973) is a duration. */
export function durationOrMomentOf(value: Json, at: number): number | undefined {
  if (typeof value === 'number') return value < 1e11 ? durationOf(value, at) : momentOf(value);
  return durationOf(value, at) ?? momentOf(value);
}

function validMoment(value: number): number | undefined {
  return Number.isFinite(value) && Math.abs(value) <= LAST_MOMENT ? Math.ceil(value) : undefined;
}

/** The end of ECMAScript's and close to PostgreSQL's time. */
const LAST_MOMENT = 8.64e15;
