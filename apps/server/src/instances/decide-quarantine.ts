import { stepKey } from '@perdure/engine';
import { z } from 'zod';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { accepted } from '../errors/refusal.ts';
import type { Installation } from '../installation.ts';
import { sendCommand } from './send-command.ts';
import { demandInstance } from '../auth/reach.ts';

/** `step`: the key of the held step, as the history names it. */
export const quarantineDecision = { step: z.string().min(1).max(1_000), reason: z.string().max(2_000).default('') };

/** What a person makes of a step that is held in quarantine: it runs again, or it fails. */
export async function decideQuarantine(
  installation: Installation,
  identity: Identity,
  decision: 'release' | 'give-up',
  { id, step, reason }: { id: string; step: string; reason: string },
): Promise<void> {
  await demandInstance(installation, identity, 'instance.operate', id);
  const type = decision === 'release' ? 'ReleaseTask' : 'GiveUpTask';
  const deed = { action: `instance.${decision}`, target: `instance:${id}`, detail: { step }, reason };
  await withDeed(installation, identity, deed, async () =>
    accepted(await sendCommand(installation, id, { type, step: stepKey(step), reason, by: actorOf(identity) })),
  );
}
