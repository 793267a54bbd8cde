import { sendCommand } from '../../../instances/send-command.ts';
import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { accepted } from '../../../errors/refusal.ts';
import { procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';

const input = z.strictObject({ id: z.string(), reason: z.string().max(2_000) });

export const resume = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input: { id, reason } }): Promise<void> => {
    await demandInstance(installation, identity, 'instance.operate', id);
    accepted(await sendCommand(installation, id, { type: 'Resume', reason, by: actorOf(identity) }));
    await recordDeed(installation, identity, 'instance.resume', `instance:${id}`, { reason });
  });
