import { type CommandBody, instanceId } from '@perdure/engine';
import type { SendResult } from '@perdure/runtime';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText, notStorable } from '../storable-text.ts';
import { currentTraceParent } from '../telemetry/trace-context.ts';
import { unknownInstance } from './unknown-instance.ts';

/**
 * Hands a command to the runtime. Texts that cannot be stored as they are would be tried again and again by the runtime, and fail in the
 * audit log after the deed, so these are refused here. (Data of events and tasks is mended by the runtime instead.)
 */
export async function sendCommand({ runtime }: Installation, id: string, command: CommandBody, messageId?: string): Promise<SendResult> {
  if (!isStorableText(id)) throw unknownInstance(id);
  for (const [field, text] of Object.entries(command)) {
    if (typeof text !== 'string' || field === 'data' || isStorableText(text)) continue;
    throw new RequestError('input.invalid', notStorable, { details: [{ field, message: notStorable }] });
  }
  const traceParent = currentTraceParent();
  const traced = command.type === 'RaiseEvent' && traceParent !== undefined ? { ...command, traceParent } : command;
  return runtime.send(instanceId(id), traced, messageId);
}
