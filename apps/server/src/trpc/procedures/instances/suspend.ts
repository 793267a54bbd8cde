import { sendCommand } from '../../../instances/send-command.ts';
import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { accepted } from '../../../errors/refusal.ts';
import { procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';

const input = z.strictObject({ id: z.string(), reason: z.string().max(2_000) });

export const suspend = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input: { id, reason } }): Promise<void> => {
    await demandInstance(installation, identity, 'instance.operate', id);
    await withDeed(installation, identity, { action: 'instance.suspend', target: `instance:${id}`, reason }, async () =>
      accepted(await sendCommand(installation, id, { type: 'Suspend', reason, by: actorOf(identity) })),
    );
  });
