import type { TaskPlace } from '@perdure/database/read';
import { RequestError } from '../errors/request-error.ts';

export function writeTaskCursor({ key1, key2, id }: TaskPlace): string {
  return Buffer.from(JSON.stringify([key1, key2, id])).toString('base64url');
}

export function readTaskCursor(text: string): TaskPlace {
  try {
    const [key1, key2, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (
      typeof key1 === 'string' &&
      isKey.test(key1) &&
      (key2 === null || (typeof key2 === 'string' && isKey.test(key2))) &&
      typeof id === 'string'
    )
      return { key1, key2, id };
  } catch {
    // Answered below like any other text that is not a cursor.
  }
  throw new RequestError('input.invalid', 'The cursor is not one of this list. Begin again without it.', {
    details: [{ field: 'cursor', message: 'Not a cursor.' }],
  });
}

/** A number or a moment, as Postgres writes them. */
const isKey = /^(?:-?\d{1,9}|infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::?\d\d)?)$/;
