import { countIncidents, listIncidents } from '@perdure/database/read';
import { z } from 'zod';
import { reachOf, withinReach } from '../../../auth/reach.ts';
import { incidentRow } from '../../../monitor/incident-words.ts';
import { procedure } from '../../base.ts';
import type { IncidentListResult } from '../../contract/incidents.ts';
import { maskIncident } from '../../../sensitive/mask-incident.ts';

const most = 200;

export const list = procedure('instance.read')
  .input(
    z.strictObject({
      states: z
        .array(z.enum(['open', 'resolved', 'ignored']))
        .max(3)
        .optional(),
      workflowKey: z.string().max(64).optional(),
      text: z.string().max(200).optional(),
    }),
  )
  .query(async ({ ctx: { identity, installation }, input: { states, workflowKey, text } }): Promise<IncidentListResult> => {
    const reach = await reachOf(installation, identity, 'instance.read');
    const workflows = withinReach(reach, workflowKey === undefined ? undefined : [workflowKey]) ?? null;
    const { prisma } = installation.database;
    const [rows, counts] = await Promise.all([
      listIncidents(prisma, { workflows, states, text: text?.trim(), limit: most }),
      countIncidents(prisma, workflows),
    ]);
    const shown = rows.map((row) => maskIncident(installation, identity, incidentRow(row)));
    return { rows: await Promise.all(shown), counts };
  });
