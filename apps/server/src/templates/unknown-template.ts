import { RequestError } from '../errors/request-error.ts';

export function unknownTemplate(key: string): RequestError {
  return new RequestError('template.unknown', `There is no template with the key "${key}".`);
}
