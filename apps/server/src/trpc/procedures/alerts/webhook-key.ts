import { authSecret, webhookGeneration } from '@perdure/database/write';
import { z } from 'zod';
import { signingOf } from '../../../alerts/alert-notices.ts';
import { unknownAlert } from '../../../alerts/unknown-alert.ts';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { shownWebhookKey } from '../../../outbox/webhook-keys.ts';
import { procedure } from '../../base.ts';

/** Shows the key the rule's webhooks are signed with; with `renew`, another one from now on. A mutation: that somebody saw it is recorded. */
export const webhookKey = procedure('admin')
  .input(z.strictObject({ id: z.string().max(64), renew: z.boolean() }))
  .mutation(async ({ ctx: { identity, installation }, input: { id, renew } }): Promise<{ key: string }> => {
    demandForAll(identity, 'admin');
    const { prisma } = installation.database;
    const generation = await webhookGeneration(prisma, { id, renew, actor: actorOf(identity) });
    if (generation === undefined) throw unknownAlert();
    return { key: shownWebhookKey(await authSecret(prisma), signingOf({ id, webhookGeneration: generation })) };
  });
