/**
 * What of an instance somebody without `data.sensitive` is not shown.
 *
 * Values travel: from an instance to its sub-workflows and back, also to those nobody waits for, to what is started again from it, and with it to
 * another version. So what is left out is what is marked in any of its family, in any version they have run; of a draft that is tried, also in any
 * version that was published, because it may take up their data.
 */
import {
  type FamilyMember,
  findInstance,
  findVersion,
  readBoundaryValues,
  readFilledForms,
  readInstanceFamilies,
} from '@perdure/database/read';
import { type Json, type WorkflowDocument } from '@perdure/graph';
import type { Database } from '@perdure/database';
import type { Runtime } from '@perdure/runtime';
import { holdsIn, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { withPayloads } from '../instances/payloads.ts';
import type { MarkedVersionBook } from './marked-version-book.ts';
import { marksAnything, SensitiveValues } from './mask-values.ts';

export type Mask = <Value>(value: Value) => Value;

/** What `maskOfInstance` gives when nothing is to be left out. */
export const nothing: Mask = (value) => value;

/** What an instance is an instance of; rows of lists know it already. */
interface RunOf {
  workflowKey: string;
  version: number;
}

interface Parts {
  database: Pick<Database, 'prisma'>;
  runtime: Pick<Runtime, 'payloads'>;
  markedVersions: MarkedVersionBook;
}

/** `of` saves looking the instance up. */
export async function maskOfInstance(installation: Installation, identity: Identity, id: string, of?: RunOf): Promise<Mask> {
  if (holdsIn(identity, 'data.sensitive', '')) return nothing;
  const run = of ?? (await findInstance(installation.database.prisma, id));
  if (!run) return nothing;
  return (await masksOfInstances(installation, identity, [{ id, workflowKey: run.workflowKey, version: run.version }]))(id);
}

/**
 * For the rows of a list. Values are left alone for whoever may see everything, and where nothing is marked in any workflow, which costs no
 * question.
 */
export async function masksOfInstances(
  installation: Installation,
  identity: Identity,
  runs: readonly (RunOf & { id: string })[],
): Promise<(id: string) => Mask> {
  if (holdsIn(identity, 'data.sensitive', '')) return () => nothing;
  const folders = await installation.folders.load();
  const hidden = runs.filter(({ workflowKey }) => {
    const folder = folders.get(workflowKey);
    return folder === undefined || !holdsIn(identity, 'data.sensitive', folder);
  });
  return masksForAnybody(installation, hidden);
}

/** As for somebody who may see nothing sensitive: for what leaves the server to receivers whose rights nobody asks. */
export async function masksForAnybody(parts: Parts, runs: readonly (RunOf & { id: string })[]): Promise<(id: string) => Mask> {
  const marked = await parts.markedVersions.load();
  const versions = new Map(runs.map((run) => [`${run.workflowKey} ${run.version}`, run]));
  const own = await Promise.all([...versions.values()].map((run) => markedDocument(parts, run)));
  // Where nothing is marked anywhere there is no family to ask.
  if (marked.size === 0 && own.every((document) => document === null)) return () => nothing;
  const family = await readInstanceFamilies(parts.database.prisma, [...new Set(runs.map(({ id }) => id))], [...marked.keys()]);
  const values = await valuesOf(parts, marked, family);
  return (id) => {
    const found = values.get(id);
    // Masking keeps a value's shape but for the masked places, which are texts.
    return found === undefined || found.isEmpty ? nothing : (value) => found.mask(value as Json) as typeof value;
  };
}

/** Versions, and snapshots of drafts, never change. */
const unmarked = new Set<string>();
const rememberedAtMost = 10_000;

async function markedDocument({ database }: Parts, { workflowKey, version }: RunOf): Promise<WorkflowDocument | null> {
  const name = `${workflowKey} ${version}`;
  if (unmarked.has(name)) return null;
  const found = await findVersion(database.prisma, workflowKey, version);
  if (!found) return null;
  if (marksAnything(found.document)) return found.document;
  if (unmarked.size >= rememberedAtMost) unmarked.clear();
  unmarked.add(name);
  return null;
}

type MarkedVersions = ReadonlyMap<string, ReadonlySet<number>>;

/** By root. */
async function valuesOf(parts: Parts, marked: MarkedVersions, family: readonly FamilyMember[]): Promise<Map<string, SensitiveValues>> {
  const { prisma } = parts.database;
  const documents = new Map<string, Promise<WorkflowDocument | null>>();
  const documentOf = (workflowKey: string, version: number): Promise<WorkflowDocument | null> => {
    const name = `${workflowKey} ${version}`;
    const known = documents.get(name) ?? markedDocument(parts, { workflowKey, version });
    documents.set(name, known);
    return known;
  };
  const members = new Map<string, WorkflowDocument[]>();
  for (const member of family) {
    if (members.has(member.id)) continue;
    const found = await Promise.all(versionsOf(marked, member).map((version) => documentOf(member.workflowKey, version)));
    const those = found.filter((document) => document !== null);
    if (those.length > 0) members.set(member.id, those);
  }
  const ids = [...members.keys()];
  const values = new Map<string, SensitiveValues>();
  if (ids.length === 0) return values;
  const [boundaries, forms] = await Promise.all([readBoundaryValues(prisma, ids), readFilledForms(prisma, ids)]);
  const whole = (value: Json): Promise<Json> => withPayloads(value, parts.runtime.payloads);
  const marks = new Map<string, { schema: Json; value: Json }[]>();
  for (const [id, those] of members) {
    const value = await whole(boundaries.get(id)?.input ?? null);
    // Configurations are JSON.
    const schemas = those.map(({ nodes }) => (nodes.find(({ type }) => type === 'start')?.config['inputSchema'] ?? null) as Json);
    marks.set(
      id,
      schemas.map((schema) => ({ schema, value })),
    );
  }
  for (const { instanceId, formSchema, data, votes } of forms) {
    const schema = await whole(formSchema);
    for (const value of [data, ...(votes ?? [])]) marks.get(instanceId)?.push({ schema, value: await whole(value) });
  }
  for (const { root, id } of family) {
    const found = values.get(root) ?? new SensitiveValues();
    for (const { schema, value } of marks.get(id) ?? []) found.collect(schema, value);
    values.set(root, found);
  }
  return values;
}

/** Of one that was moved, any version may have been on the way; a draft may take up the data of any run. */
function versionsOf(marked: MarkedVersions, { workflowKey, version, startedVersion }: FamilyMember): number[] {
  const moved = startedVersion !== null && startedVersion !== version;
  return moved || version < 1 ? [...new Set([version, ...[...(marked.get(workflowKey) ?? [])].filter((one) => one > 0)])] : [version];
}
