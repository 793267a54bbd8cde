import { sendCommand } from '../../../instances/send-command.ts';
import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { accepted } from '../../../errors/refusal.ts';
import { procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';

const input = z.strictObject({ id: z.string(), reason: z.string().max(2_000), recursive: z.boolean() });

export const terminate = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input: { id, reason, recursive } }): Promise<void> => {
    await demandInstance(installation, identity, 'instance.operate', id);
    const deed = { action: 'instance.terminate', target: `instance:${id}`, reason, detail: { recursive } };
    await withDeed(installation, identity, deed, async () =>
      accepted(await sendCommand(installation, id, { type: 'Terminate', reason, recursive, by: actorOf(identity) })),
    );
  });
