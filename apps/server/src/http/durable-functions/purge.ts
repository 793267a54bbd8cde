import { instanceId } from '@perdure/engine';
import { type InstancePlace, listInstances } from '@perdure/database/read';
import { z } from 'zod';
import { type TellPortion, withDeed } from '../../audit/with-deed.ts';
import { RequestError } from '../../errors/request-error.ts';
import { purgeInstance } from '../../instances/purge-instance.ts';
import { identityOf, type Routes } from '../route.ts';
import { durableFunctionsRoot } from './management-links.ts';
import { commonQuery, moment, runtimeStatuses } from './query-values.ts';
import { demandInstance, reachOf } from '../../auth/reach.ts';

const finished = ['Completed', 'Failed', 'Terminated', 'Canceled'] as const;

export function addPurge(routes: Routes): void {
  routes.add({
    method: 'DELETE',
    url: `${durableFunctionsRoot}/instances/:instanceId`,
    access: 'instance.purge',
    docs: {
      summary: 'Purge a finished instance',
      answers: { 200: '{ instancesDeleted: 1 }', 404: 'Unknown instance.', 409: 'The instance is live.' },
    },
    params: z.object({ instanceId: z.string() }),
    query: z.strictObject(commonQuery),
    handler: async ({ installation, params, identity }) => {
      await demandInstance(installation, identityOf(identity), 'instance.purge', params.instanceId);
      const deed = { action: 'instance.purge', target: `instance:${params.instanceId}` };
      await withDeed(installation, identityOf(identity), deed, () => purgeInstance(installation, params.instanceId));
      return { instancesDeleted: 1 };
    },
  });
  routes.add({
    method: 'DELETE',
    url: `${durableFunctionsRoot}/instances`,
    access: 'instance.purge',
    docs: {
      summary: 'Purge finished instances by filter',
      answers: { 200: '{ instancesDeleted }', 400: 'createdTimeFrom is missing.', 404: 'None matched.' },
    },
    query: z.strictObject({
      ...commonQuery,
      createdTimeFrom: moment,
      createdTimeTo: moment.optional(),
      runtimeStatus: runtimeStatuses.optional(),
    }),
    handler: async ({ installation, query, identity }) => {
      const { database, runtime } = installation;
      const reach = await reachOf(installation, identityOf(identity), 'instance.purge');
      const asked = query.runtimeStatus ?? finished;
      const statuses = finished.filter((status) => asked.includes(status));
      const purgeMatching = async (tellPortion: TellPortion): Promise<number> => {
        let purged = 0;
        let from: InstancePlace | null = null;
        while (statuses.length > 0) {
          const { rows, more } = await listInstances(
            database.prisma,
            { statuses, startedAfter: query.createdTimeFrom, startedBefore: query.createdTimeTo, workflowKeys: reach ?? undefined },
            { direction: 'newer', from, limit: 200 },
          );
          if (rows.length > 0) await tellPortion({ before: purged, ids: rows.map(({ id }) => id) });
          for (const { id } of rows) if ((await runtime.purge(instanceId(id))) === 'purged') purged++;
          from = rows.at(-1) ?? from;
          if (!more) break;
        }
        if (purged === 0) throw new RequestError('instance.none-found', 'No finished instance matches this filter.');
        return purged;
      };
      const detail = { createdTimeFrom: query.createdTimeFrom.toISOString() };
      const deed = {
        action: 'instance.purge-many',
        target: 'instances',
        detail,
        counts: 'instancesDeleted',
        afterwards: (instancesDeleted: number) => ({ detail: { ...detail, instancesDeleted } }),
      };
      return { instancesDeleted: await withDeed(installation, identityOf(identity), deed, purgeMatching) };
    },
  });
}
