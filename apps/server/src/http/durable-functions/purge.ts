import { instanceId } from '@perdure/engine';
import { type InstancePlace, listInstances } from '@perdure/database/read';
import { z } from 'zod';
import { recordDeed } from '../../audit/record-deed.ts';
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
      await purgeInstance(installation, params.instanceId);
      await recordDeed(installation, identityOf(identity), 'instance.purge', `instance:${params.instanceId}`);
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
      let instancesDeleted = 0;
      let from: InstancePlace | null = null;
      while (statuses.length > 0) {
        const { rows, more } = await listInstances(
          database.prisma,
          { statuses, startedAfter: query.createdTimeFrom, startedBefore: query.createdTimeTo, workflowKeys: reach ?? undefined },
          { direction: 'newer', from, limit: 200 },
        );
        for (const { id } of rows) if ((await runtime.purge(instanceId(id))) === 'purged') instancesDeleted++;
        from = rows.at(-1) ?? from;
        if (!more) break;
      }
      if (instancesDeleted === 0) throw new RequestError('instance.none-found', 'No finished instance matches this filter.');
      await recordDeed(installation, identityOf(identity), 'instance.purge-many', 'instances', {
        instancesDeleted,
        createdTimeFrom: query.createdTimeFrom.toISOString(),
      });
      return { instancesDeleted };
    },
  });
}
