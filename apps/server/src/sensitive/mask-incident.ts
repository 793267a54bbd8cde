import type { Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import type { IncidentRow } from '../trpc/contract/incidents.ts';
import { maskOfInstance, nothing } from './mask-of-instance.ts';
import { masked } from './mask-values.ts';

/** An incident's words come from any of its instances, so where something is marked they are left out as a whole. */
export async function maskIncident(installation: Installation, identity: Identity, incident: IncidentRow): Promise<IncidentRow> {
  const mask = await maskOfInstance(installation, identity, incident.lastInstanceId);
  return mask === nothing ? incident : { ...incident, message: masked };
}
