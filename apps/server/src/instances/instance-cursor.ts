import type { InstancePlace } from '@perdure/database/read';
import { RequestError } from '../errors/request-error.ts';
import { isStorableMoment } from '../stored-values.ts';

/** A place in the list, as opaque text. */
export function writeCursor(place: InstancePlace): string {
  return Buffer.from(JSON.stringify([place.createdAt.getTime(), place.id])).toString('base64url');
}

export function readCursor(text: string): InstancePlace {
  try {
    const [at, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown];
    if (typeof at === 'number' && isStorableMoment(new Date(at)) && typeof id === 'string') return { createdAt: new Date(at), id };
  } catch {
    // Answered below like any other text that is not a cursor.
  }
  throw new RequestError('input.invalid', 'The cursor is not one of this list. Begin again without it.', {
    details: [{ field: 'cursor', message: 'Not a cursor.' }],
  });
}
