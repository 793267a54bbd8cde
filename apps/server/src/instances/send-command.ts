import { type CommandBody, instanceId } from '@perdure/engine';
import type { SendResult } from '@perdure/runtime';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { unknownInstance } from './unknown-instance.ts';

/**
 * Hands a command to the runtime. Postgres keeps no NUL in a text, and the runtime would try to read such an instance or store such a
 * command again and again, so these are refused here. (Data of events and tasks is mended by the runtime instead.)
 */
export async function sendCommand({ runtime }: Installation, id: string, command: CommandBody, messageId?: string): Promise<SendResult> {
  if (holdsNul(id)) throw unknownInstance(id);
  for (const [field, text] of Object.entries(command)) {
    if (typeof text !== 'string' || field === 'data' || !holdsNul(text)) continue;
    throw new RequestError('input.invalid', 'A text holds a character that cannot be stored, such as NUL. Leave it out.', {
      details: [{ field, message: 'Leave out the NUL character.' }],
    });
  }
  return runtime.send(instanceId(id), command, messageId);
}

export function holdsNul(text: string): boolean {
  return text.includes('\u0000');
}
