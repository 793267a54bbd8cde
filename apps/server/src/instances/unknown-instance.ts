import { RequestError } from '../errors/request-error.ts';

export function unknownInstance(id: string): RequestError {
  return new RequestError('instance.unknown', `There is no instance with the id "${id}".`);
}
