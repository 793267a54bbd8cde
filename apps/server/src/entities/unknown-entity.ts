import { RequestError } from '../errors/request-error.ts';

export function unknownEntity(name: string, key: string): RequestError {
  return new RequestError('entity.unknown', `There is no entity ${name}@${key}, or it has no state.`);
}
