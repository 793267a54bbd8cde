/** What of an instance somebody without `data.sensitive` is not shown. */
import { findInstance, findVersion, readBoundaryValues, readHistoryOfTypes } from '@perdure/database/read';
import { type Json, type WorkflowDocument } from '@perdure/graph';
import { holdsIn, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { withPayloads } from '../instances/payloads.ts';
import { marksAnything, SensitiveValues } from './mask-values.ts';

export type Mask = <Value>(value: Value) => Value;

/** What `maskOfInstance` gives when nothing is to be left out. */
export const nothing: Mask = (value) => value;

/** What an instance is an instance of; rows of lists know it already. */
interface RunOf {
  workflowKey: string;
  version: number;
}

/**
 * Leaves values alone for whoever may see everything, and for workflows whose schemas mark nothing, which is found out once per version.
 * `of` saves looking the instance up.
 */
export async function maskOfInstance(installation: Installation, identity: Identity, instanceId: string, of?: RunOf): Promise<Mask> {
  if (holdsIn(identity, 'data.sensitive', '')) return nothing;
  const run = of ?? (await findInstance(installation.database.prisma, instanceId));
  if (!run) return nothing;
  const folder = (await installation.folders.load()).get(run.workflowKey);
  if (folder !== undefined && holdsIn(identity, 'data.sensitive', folder)) return nothing;
  const document = await markedDocument(installation, run);
  if (document === null) return nothing;
  const found = await sensitiveValues(installation, instanceId, document);
  // Masking keeps a value's shape but for the masked places, which are texts.
  return (value) => found.mask(value as Json) as typeof value;
}

/** Versions, and snapshots of drafts, never change. */
const unmarked = new Set<string>();
const rememberedAtMost = 10_000;

async function markedDocument({ database }: Installation, { workflowKey, version }: RunOf): Promise<WorkflowDocument | null> {
  const name = `${workflowKey} ${version}`;
  if (unmarked.has(name)) return null;
  const found = await findVersion(database.prisma, workflowKey, version);
  if (!found) return null;
  if (marksAnything(found.document)) return found.document;
  if (unmarked.size >= rememberedAtMost) unmarked.clear();
  unmarked.add(name);
  return null;
}

async function sensitiveValues(
  { database, runtime }: Installation,
  instanceId: string,
  { nodes }: WorkflowDocument,
): Promise<SensitiveValues> {
  const found = new SensitiveValues();
  const [boundary, events] = await Promise.all([
    readBoundaryValues(database.prisma, [instanceId]),
    readHistoryOfTypes(database.prisma, instanceId, ['HumanTaskCreated', 'HumanTaskVoted', 'HumanTaskDecided'], null),
  ]);
  const whole = (value: Json): Promise<Json> => withPayloads(value, runtime.payloads);
  const start = nodes.find(({ type }) => type === 'start');
  // Configurations are JSON.
  found.collect((start?.config['inputSchema'] ?? null) as Json, await whole(boundary.get(instanceId)?.input ?? null));
  const nodeOfStep = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'HumanTaskCreated') nodeOfStep.set(event.step, event.node);
    if (event.type !== 'HumanTaskDecided' && event.type !== 'HumanTaskVoted') continue;
    const form = nodes.find(({ id }) => id === nodeOfStep.get(event.step))?.config['formSchema'];
    // Configurations are JSON; what is no schema marks nothing.
    found.collect((form ?? null) as Json, await whole(event.data));
  }
  return found;
}
