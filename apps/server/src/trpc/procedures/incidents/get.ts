import { z } from 'zod';
import { demandIncident } from '../../../monitor/demand-incident.ts';
import { incidentRow } from '../../../monitor/incident-words.ts';
import { procedure } from '../../base.ts';
import type { IncidentRow } from '../../contract/incidents.ts';
import { maskIncident } from '../../../sensitive/mask-incident.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ fingerprint: z.string().max(32) }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<IncidentRow> =>
    maskIncident(installation, identity, incidentRow(await demandIncident(installation, identity, 'instance.read', input.fingerprint))),
  );
