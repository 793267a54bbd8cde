import { findInstance, marksInAnyVersion } from '@perdure/database/read';
import { holdsIn, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import type { IncidentRow } from '../trpc/contract/incidents.ts';
import { maskOfInstance, nothing } from './mask-of-instance.ts';
import { masked } from './marked-texts.ts';

/** An incident's words come from any of its instances, so where something is marked they are left out as a whole. */
export async function maskIncident(installation: Installation, identity: Identity, incident: IncidentRow): Promise<IncidentRow> {
  return (await isMarked(installation, identity, incident)) ? { ...incident, message: masked } : incident;
}

async function isMarked(installation: Installation, identity: Identity, { lastInstanceId, workflowKey }: IncidentRow): Promise<boolean> {
  if (holdsIn(identity, 'data.sensitive', '')) return false;
  const { prisma } = installation.database;
  const run = await findInstance(prisma, lastInstanceId);
  if (run !== undefined) return (await maskOfInstance(installation, identity, lastInstanceId, run)) !== nothing;
  // It was purged, and its version with it is forgotten: it may have been any.
  const folder = (await installation.folders.load()).get(workflowKey);
  if (folder !== undefined && holdsIn(identity, 'data.sensitive', folder)) return false;
  return marksInAnyVersion(prisma, workflowKey);
}
