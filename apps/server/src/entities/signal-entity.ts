import type { Json } from '@perdure/graph';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { accepted } from '../errors/refusal.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText, notStorable } from '../storable-text.ts';

/** Returns once the signal is stored. The key of the installation leaves no entry for each, as with events: automation would fill the log. */
export async function signalEntity(
  installation: Installation,
  identity: Identity,
  signal: { name: string; key: string; operation: string; input: Json; at: number | null },
): Promise<void> {
  for (const field of ['name', 'key', 'operation'] as const) {
    if (isStorableText(signal[field])) continue;
    throw new RequestError('input.invalid', notStorable, { details: [{ field, message: notStorable }] });
  }
  const send = async () => accepted(await installation.runtime.signalEntity({ ...signal, by: actorOf(identity) }));
  const { name, key, operation } = signal;
  const deed = { action: 'entity.signal', target: `entity:${name.toLowerCase()}@${key}`, detail: { operation } };
  await (identity.kind === 'user' ? withDeed(installation, identity, deed, send) : send());
}
