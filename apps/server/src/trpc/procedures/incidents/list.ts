import { countIncidents, listIncidents } from '@perdure/database/read';
import { z } from 'zod';
import { reachOf, withinReach } from '../../../auth/reach.ts';
import { incidentRow } from '../../../monitor/incident-words.ts';
import { procedure } from '../../base.ts';
import type { IncidentListResult, IncidentRow } from '../../contract/incidents.ts';
import { masked } from '../../../sensitive/marked-texts.ts';
import { maskIncident } from '../../../sensitive/mask-incident.ts';

const most = 200;

/** As the statement compares it. */
function hasText({ message, code, title }: IncidentRow, text = ''): boolean {
  return [message, code, title].some((one) => one.toLowerCase().includes(text.trim().toLowerCase()));
}

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
    const shown = await Promise.all(rows.map((row) => maskIncident(installation, identity, incidentRow(row))));
    // What is masked for them is not found by what it says.
    return { rows: shown.filter((row) => row.message !== masked || hasText(row, text)), counts };
  });
