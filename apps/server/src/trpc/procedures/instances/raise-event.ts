import { sendCommand } from '../../../instances/send-command.ts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
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
    const { name, data } = input;
    const deed = { action: 'instance.raise-event', target: `instance:${input.id}`, detail: { name } };
    await withDeed(installation, identity, deed, async () =>
      accepted(await sendCommand(installation, input.id, { type: 'RaiseEvent', id, name, data, by: actorOf(identity) }, id)),
    );
  });
