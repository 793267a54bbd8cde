import { RequestError } from '../errors/request-error.ts';

export function unknownAlert(): RequestError {
  return new RequestError('alert.unknown', 'This alert rule is not there any more.');
}
