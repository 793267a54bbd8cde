import { outageOf } from '@perdure/runtime';
import { RequestError } from './request-error.ts';

/** What the database says about a request that cannot be served, in words; undefined for everything that is a bug. */
export function databaseFault(thrown: unknown): RequestError | undefined {
  const codes = codesOf(thrown);
  const reason = outageOf(thrown) ?? codes.map((code) => outageOf({ code })).find((found) => found !== null) ?? null;
  if (reason !== null || codes.some((code) => outages.has(code)))
    return new RequestError('unavailable', `${reason ?? 'Postgres cannot be reached.'} Nothing was acknowledged; try again.`);
  if (codes.some((code) => unstorable.has(code)) || isUnstorableJson(thrown)) {
    return new RequestError('input.invalid', 'A text holds a character that cannot be stored, such as NUL. Leave it out.');
  }
  return undefined;
}

/** Prisma's own codes for a server that is away or too busy; it wraps Postgres' and Node's. */
const outages = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037', 'DatabaseNotReachable', 'ConnectionClosed']);
/** Bytes that are no text; an escape that is no text. */
const unstorable = new Set(['22021', '22P05']);

/** What is sent as JSON is made by JSON.stringify: it can only be half of a character that Postgres does not take for JSON. */
function isUnstorableJson(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.includes('invalid input syntax for type json');
}

/** An error names its code itself, in Prisma's `meta`, or in one of its causes. */
function codesOf(thrown: unknown, depth = 0): string[] {
  if (typeof thrown !== 'object' || thrown === null || depth > 4) return [];
  const { code, originalCode, kind, cause, meta, driverAdapterError } = thrown as Record<string, unknown>;
  const own = [code, originalCode, kind].filter((value): value is string => typeof value === 'string');
  return [...own, ...[cause, meta, driverAdapterError].flatMap((inner) => codesOf(inner, depth + 1))];
}
