import { instanceId } from '@perdure/engine';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText } from '../storable-text.ts';
import { unknownInstance } from './unknown-instance.ts';

export async function purgeInstance({ runtime }: Installation, id: string): Promise<void> {
  if (!isStorableText(id)) throw unknownInstance(id);
  const result = await runtime.purge(instanceId(id));
  if (result === 'not-found') throw unknownInstance(id);
  if (result === 'not-finished') throw new RequestError('instance.not-finished', `The instance "${id}" is still live. Terminate it first.`);
}
