import { RequestError } from '../errors/request-error.ts';

/** There is none, it was purged, or it is not theirs: the three are not told apart. */
export function unknownTask(): RequestError {
  return new RequestError('task.unknown', 'There is no such task, or it is not yours to see.');
}
