import { isFinal } from '@perdure/engine';
import { findInstance, readBoundaryValues } from '@perdure/database/read';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Installation } from '../../installation.ts';
import { unknownInstance } from '../../instances/unknown-instance.ts';
import { identityOf, type Routes } from '../route.ts';
import { durableFunctionsHistory } from './history-events.ts';
import { instanceStatus } from './instance-status.ts';
import { durableFunctionsRoot, sendAccepted } from './management-links.ts';
import { commonQuery, flag } from './query-values.ts';
import { demandInstance } from '../../auth/reach.ts';
import { maskOfInstance } from '../../sensitive/mask-of-instance.ts';
import type { Identity } from '../../auth/identity.ts';

const query = z.strictObject({
  ...commonQuery,
  showHistory: flag.optional(),
  showHistoryOutput: flag.optional(),
  showInput: flag.optional(),
  returnInternalServerErrorOnFailure: flag.optional(),
});

export function addGetStatus(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: `${durableFunctionsRoot}/instances/:instanceId`,
    access: 'instance.read',
    docs: {
      summary: 'Status of an instance',
      answers: {
        200: 'Finished.',
        202: 'Not finished; Location is this address.',
        404: 'Unknown instance.',
        500: 'Failed, with returnInternalServerErrorOnFailure=true.',
      },
    },
    params: z.object({ instanceId: z.string() }),
    query,
    handler: async ({ installation, request, reply, params, query, identity }) => {
      await demandInstance(installation, identityOf(identity), 'instance.read', params.instanceId);
      return sendStatus(installation, identityOf(identity), request, reply, params.instanceId, query);
    },
  });
}

export async function sendStatus(
  installation: Installation,
  identity: Identity,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  options: z.output<typeof query>,
): Promise<unknown> {
  const record = await findInstance(installation.database.prisma, id);
  if (!record) throw unknownInstance(id);
  const values = await readBoundaryValues(installation.database.prisma, [id]);
  const historyEvents = options.showHistory ? await durableFunctionsHistory(installation, id, options.showHistoryOutput ?? false) : null;
  const mask = await maskOfInstance(installation, identity, id);
  const status = mask(await instanceStatus(installation, record, values.get(id), { showInput: options.showInput ?? true, historyEvents }));
  if (!isFinal(record.storedStatus)) return sendAccepted(request, reply, id, status);
  const failed = record.storedStatus === 'Failed' && options.returnInternalServerErrorOnFailure === true;
  return reply.code(failed ? 500 : 200).send(status);
}
