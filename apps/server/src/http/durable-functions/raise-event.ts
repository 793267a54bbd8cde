import { sendCommand } from '../../instances/send-command.ts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { withDeed } from '../../audit/with-deed.ts';
import { actorOf } from '../../auth/identity.ts';
import { accepted } from '../../errors/refusal.ts';
import { RequestError } from '../../errors/request-error.ts';
import { jsonValue } from '../../trpc/json-value.ts';
import { bodyLimits, identityOf, type Routes } from '../route.ts';
import { durableFunctionsRoot } from './management-links.ts';
import { commonQuery } from './query-values.ts';
import { demandInstance } from '../../auth/reach.ts';

export function addRaiseEvent(routes: Routes): void {
  routes.add({
    method: 'POST',
    url: `${durableFunctionsRoot}/instances/:instanceId/raiseEvent/:eventName`,
    access: 'instance.operate',
    bodyLimit: bodyLimits.payloads,
    docs: {
      summary: 'Raise an event; the body is its data',
      answers: {
        202: 'Stored. It is given to the instance even if that does not wait for it yet.',
        400: 'The body is not JSON.',
        404: 'Unknown instance.',
        410: 'The instance has finished.',
      },
    },
    params: z.object({ instanceId: z.string(), eventName: z.string().min(1).max(200) }),
    query: z.strictObject(commonQuery),
    body: jsonValue.optional(),
    handler: async ({ installation, reply, params, body, identity }) => {
      if (body === undefined) throw new RequestError('body.invalid-json', 'Send the data of the event as JSON; null if there is none.');
      const caller = identityOf(identity);
      await demandInstance(installation, caller, 'instance.operate', params.instanceId);
      const id = randomUUID();
      const raise = async () =>
        accepted(
          await sendCommand(
            installation,
            params.instanceId,
            { type: 'RaiseEvent', id, name: params.eventName, data: body, by: actorOf(caller) },
            id,
          ),
        );
      const deed = { action: 'instance.raise-event', target: `instance:${params.instanceId}`, detail: { name: params.eventName } };
      // The installation's automation would fill the log; its events are in the histories, with its name.
      if (caller.kind === 'user') await withDeed(installation, caller, deed, raise);
      else await raise();
      return reply.code(202).send();
    },
  });
}
