import { RequestError } from '../errors/request-error.ts';

export function unknownWorkflow(key: string): RequestError {
  return new RequestError('workflow.unknown', `There is no workflow with the key "${key}".`);
}
