import { findIncident, type IncidentRecord } from '@perdure/database/read';
import type { Identity } from '../auth/identity.ts';
import { demandWorkflow } from '../auth/reach.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { Permission } from '../trpc/contract/people.ts';

/** The incident, for whoever has the permission for its workflow; of others it is unknown. */
export async function demandIncident(
  installation: Installation,
  identity: Identity,
  permission: Permission,
  fingerprint: string,
): Promise<IncidentRecord> {
  const incident = await findIncident(installation.database.prisma, fingerprint);
  const unknown = new RequestError('incident.unknown', 'There is no such incident.');
  if (incident === null) throw unknown;
  await demandWorkflow(installation, identity, permission, incident.workflowKey).catch((error: unknown) => {
    throw error instanceof RequestError && error.code === 'workflow.unknown' ? unknown : error;
  });
  return incident;
}
