import { RequestError } from '../errors/request-error.ts';

export function writeTaskCursor(place: { sortKey: number; id: string }): string {
  return Buffer.from(JSON.stringify([place.sortKey, place.id])).toString('base64url');
}

export function readTaskCursor(text: string): { sortKey: number; id: string } {
  try {
    const [sortKey, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown];
    if (typeof sortKey === 'number' && Number.isFinite(sortKey) && typeof id === 'string') return { sortKey, id };
  } catch {
    // Answered below like any other text that is not a cursor.
  }
  throw new RequestError('input.invalid', 'The cursor is not one of this list. Begin again without it.', {
    details: [{ field: 'cursor', message: 'Not a cursor.' }],
  });
}
