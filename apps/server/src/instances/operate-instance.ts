/**
 * What a person does to an instance that its workflow does not: each checks the right to it, is answered once it is committed, and is recorded
 * with its reason. What it means is the engine's (SPEC.md, O).
 */
import { type CommandBody, stepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { portId } from '@perdure/graph';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { demandInstance } from '../auth/reach.ts';
import { accepted } from '../errors/refusal.ts';
import type { Installation } from '../installation.ts';
import { sendCommand } from './send-command.ts';

/** A failed instance goes on from where it failed, and so do its sub-workflows that failed. `messageId`: a repetition is taken up once. */
export function rewindInstance(
  installation: Installation,
  identity: Identity,
  { id, reason }: { id: string; reason: string },
  messageId?: string,
): Promise<void> {
  return operate(installation, identity, id, 'rewind', { type: 'Rewind', reason, by: actorOf(identity) }, {}, messageId);
}

/** A step that waits to be tried again, is held in quarantine, or failed with its instance. */
export function retryStep(
  installation: Installation,
  identity: Identity,
  { id, step, reason }: { id: string; step: string; reason: string },
  messageId?: string,
): Promise<void> {
  const command = { type: 'RetryStep', step: stepKey(step), reason, by: actorOf(identity) } as const;
  return operate(installation, identity, id, 'retry-step', command, { step }, messageId);
}

/** The given output takes the place of the step's own. */
export function skipStep(
  installation: Installation,
  identity: Identity,
  { id, step, output, port, reason }: { id: string; step: string; output: Json; port?: string | undefined; reason: string },
): Promise<void> {
  const out = port === undefined ? null : portId(port);
  const command = { type: 'SkipStep', step: stepKey(step), output, port: out, reason, by: actorOf(identity) } as const;
  return operate(installation, identity, id, 'skip-step', command, { step, port: out });
}

export function setVariables(
  installation: Installation,
  identity: Identity,
  { id, values, reason }: { id: string; values: Record<string, Json>; reason: string },
): Promise<void> {
  const command = { type: 'EditVariables', values, reason, by: actorOf(identity) } as const;
  // Their values are in the history, where those who may see them see them.
  return operate(installation, identity, id, 'set-variables', command, { names: Object.keys(values) });
}

async function operate(
  installation: Installation,
  identity: Identity,
  id: string,
  deed: string,
  command: CommandBody & { reason: string },
  detail: Json,
  messageId?: string,
): Promise<void> {
  await demandInstance(installation, identity, 'instance.operate', id);
  const { reason } = command;
  const entry = { action: `instance.${deed}`, target: `instance:${id}`, reason, detail };
  await withDeed(installation, identity, entry, async () => accepted(await sendCommand(installation, id, command, messageId)));
}
