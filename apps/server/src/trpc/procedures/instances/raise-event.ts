import { sendCommand } from '../../../instances/send-command.ts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { accepted } from '../../../errors/refusal.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';
import { demandInstance } from '../../../auth/reach.ts';

const input = z.strictObject({ id: z.string(), name: z.string().min(1, 'Enter the name of the event.').max(200), data: jsonValue });

export const raiseEvent = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await demandInstance(installation, identity, 'instance.operate', input.id);
    const id = randomUUID();
    accepted(
      await sendCommand(installation, input.id, { type: 'RaiseEvent', id, name: input.name, data: input.data, by: actorOf(identity) }, id),
    );
    await recordDeed(installation, identity, 'instance.raise-event', `instance:${input.id}`, { name: input.name });
  });
