import type { TaskKeyType, TaskPlace } from '@perdure/database/read';
import { RequestError } from '../errors/request-error.ts';
import { isStorableText } from '../storable-text.ts';

export function writeTaskCursor({ key1, key2, id }: TaskPlace): string {
  return Buffer.from(JSON.stringify([key1, key2, id])).toString('base64url');
}

/** `types` of the keys of the order that is asked for: a cursor of another order is none of it. */
export function readTaskCursor(text: string, types: readonly TaskKeyType[]): TaskPlace {
  try {
    const [key1, key2, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof key1 === 'string' && isKey(key1, types[0]) && isKey(key2, types[1]) && typeof id === 'string' && isStorableText(id))
      return { key1, key2, id };
  } catch {
    // Answered below like any other text that is not a cursor.
  }
  throw new RequestError('input.invalid', 'The cursor is not one of this list. Begin again without it.', {
    details: [{ field: 'cursor', message: 'Not a cursor.' }],
  });
}

/** As Postgres writes it: what it could not read would fail there. */
function isKey(key: unknown, type: TaskKeyType | undefined): key is string | null {
  if (type === undefined) return key === null;
  if (typeof key !== 'string') return false;
  return type === 'int' ? /^-?\d{1,9}$/.test(key) : key === 'infinity' || isMoment(key);
}

function isMoment(text: string): boolean {
  const parts = /^(\d{4,6})-(\d\d)-(\d\d) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?[+-](?:0\d|1[0-5])(?::?[0-5]\d)?$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number]; // as the pattern has them
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
