import { z } from 'zod';
import { reachOf, withinReach } from '../../../auth/reach.ts';
import { procedure } from '../../base.ts';
import type { DashboardData } from '../../contract/dashboard.ts';
import { maskIncident } from '../../../sensitive/mask-incident.ts';
import { maskOfInstance, nothing } from '../../../sensitive/mask-of-instance.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ window: z.enum(['1h', '24h', '7d', '30d']), workflowKey: z.string().max(64).optional() }))
  .query(async ({ ctx: { identity, installation }, input: { window, workflowKey } }): Promise<DashboardData> => {
    const reach = await reachOf(installation, identity, 'instance.read');
    const data = await installation.dashboards.get(
      window,
      withinReach(reach, workflowKey === undefined ? undefined : [workflowKey]) ?? null,
    );
    const { oldest } = data;
    const mask = oldest === null ? nothing : await maskOfInstance(installation, identity, oldest.id);
    const incidents = await Promise.all(data.incidents.map((incident) => maskIncident(installation, identity, incident)));
    return { ...data, incidents, oldest: mask(oldest) };
  });
