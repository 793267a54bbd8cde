import { markGuide } from '@perdure/database/write';
import { z } from 'zod';
import { guideWorkflow } from '../../../guide/guide-workflow.ts';
import { demandIncident } from '../../../monitor/demand-incident.ts';
import { incidentRow } from '../../../monitor/incident-words.ts';
import { procedure } from '../../base.ts';
import type { IncidentRow } from '../../contract/incidents.ts';
import { maskIncident } from '../../../sensitive/mask-incident.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ fingerprint: z.string().max(32) }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<IncidentRow> => {
    const incident = await demandIncident(installation, identity, 'instance.read', input.fingerprint);
    if (incident.workflowKey === guideWorkflow && identity.kind === 'user')
      await markGuide(installation.database.prisma, identity.id, 'found');
    return maskIncident(installation, identity, incidentRow(incident));
  });
