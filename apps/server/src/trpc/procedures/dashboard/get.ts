import { z } from 'zod';
import { reachOf, withinReach } from '../../../auth/reach.ts';
import { procedure } from '../../base.ts';
import type { DashboardData } from '../../contract.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ window: z.enum(['1h', '24h', '7d', '30d']), workflowKey: z.string().max(64).optional() }))
  .query(async ({ ctx: { identity, installation }, input: { window, workflowKey } }): Promise<DashboardData> => {
    const reach = await reachOf(installation, identity, 'instance.read');
    return installation.dashboards.get(window, withinReach(reach, workflowKey === undefined ? undefined : [workflowKey]) ?? null);
  });
