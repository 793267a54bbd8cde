import { parseEntityId } from '@perdure/engine';
import { RequestError } from '../errors/request-error.ts';

/** A place in the list of entities, as opaque text: the id it stands behind. */
export function writeEntityCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

export function readEntityCursor(text: string): string {
  const id = Buffer.from(text, 'base64url').toString();
  if (parseEntityId(id) !== null) return id;
  throw new RequestError('input.invalid', 'The cursor is not one of this list. Begin again without it.', {
    details: [{ field: 'cursor', message: 'Not a cursor.' }],
  });
}
