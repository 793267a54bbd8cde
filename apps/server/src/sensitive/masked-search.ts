/**
 * What somebody without `data.sensitive` finds by words. Lists compare with stored words, which hold what is masked for them: if that were enough,
 * they could confirm a guess by whether a row is found. So of workflows in whose families something is marked, what has the words is masked as it
 * would be shown, and is found only when it has them still. The database is told which those are; counts, pages and bulk actions follow it.
 *
 * It costs as much as masking the rows, and only those pay for it who may not see everything, where something is marked. It is bounded: of such
 * workflows, the first `searchedMasked` that have the words are looked at, in the order of the list.
 */
import {
  type InstanceFilter,
  type InstanceRecord,
  listTasks,
  searchInstances,
  type TaskQuery,
  tasksWithWords,
  type TaskViewer,
} from '@perdure/database/read';
import { holdsIn, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { instanceRow } from '../instances/instance-words.ts';
import { masksOfInstances } from './mask-of-instance.ts';

export const searchedMasked = 1_000;

export async function maskedInstanceSearch(
  installation: Installation,
  identity: Identity,
  filter: InstanceFilter,
): Promise<InstanceFilter> {
  if (!asksForWords(filter)) return filter;
  const workflowKeys = await maskedWorkflows(installation, identity);
  const among = filter.workflowKeys === undefined ? workflowKeys : workflowKeys.filter((key) => filter.workflowKeys?.includes(key));
  if (among.length === 0) return filter;
  const search = await searchInstances(installation.database.prisma, { ...filter, workflowKeys: among });
  const { rows } = await search.page({ direction: 'older', from: null, limit: searchedMasked });
  const maskOf = await masksOfInstances(installation, identity, rows);
  const found = rows.filter((row) => hasWords(filter, row, maskOf(row.id)(instanceRow(row)))).map(({ id }) => id);
  // Where no other workflow is asked for, these are all there are.
  if (filter.workflowKeys?.every((key) => among.includes(key))) return { ...filter, ids: found };
  return { ...filter, masked: { workflowKeys, found } };
}

/** What `listTasks` is asked besides. */
export async function maskedTaskSearch(
  installation: Installation,
  identity: Identity,
  viewer: TaskViewer,
  query: TaskQuery,
): Promise<TaskQuery['searched']> {
  if (!query.text) return undefined;
  const workflowKeys = await maskedWorkflows(installation, identity);
  if (workflowKeys.length === 0) return undefined;
  const { prisma } = installation.database;
  const { rows } = await listTasks(prisma, viewer, { ...query, searched: { only: workflowKeys }, from: null, limit: searchedMasked });
  const maskOf = await masksOfInstances(
    installation,
    identity,
    rows.map(({ instanceId, workflowKey, version }) => ({ id: instanceId, workflowKey, version })),
  );
  const masked = rows.map(({ id, title, instanceId, workflowKey, context }) => ({
    id,
    ...maskOf(instanceId)({ title, instanceId, workflowKey, context }),
  }));
  const found = await tasksWithWords(prisma, query.text, masked);
  return found === null ? undefined : { masked: { workflowKeys, found } };
}

/** Whether any of what this filter searches is masked for them. */
export async function isSearchedMasked(installation: Installation, identity: Identity, filter: InstanceFilter): Promise<boolean> {
  return asksForWords(filter) && (await maskedWorkflows(installation, identity)).length > 0;
}

/** Workflows of whose instances something may be masked for them. */
async function maskedWorkflows(installation: Installation, identity: Identity): Promise<string[]> {
  if (holdsIn(identity, 'data.sensitive', '')) return [];
  const family = await installation.markedVersions.loadFamily();
  if (family.size === 0) return [];
  const folders = await installation.folders.load();
  return [...family].filter((key) => {
    const folder = folders.get(key);
    return folder === undefined || !holdsIn(identity, 'data.sensitive', folder);
  });
}

function asksForWords({ text, errorCode, waitingEvent }: InstanceFilter): boolean {
  return Boolean(text) || errorCode !== undefined || waitingEvent !== undefined;
}

/** As the list of instances compares them; that what is not masked has them was asked of the database. */
function hasWords({ text, errorCode, waitingEvent }: InstanceFilter, { id }: InstanceRecord, row: ReturnType<typeof instanceRow>): boolean {
  const { title = '', detail = '', code = '' } = { ...row.whereabouts };
  const has = (part: string): boolean => [row.id, title, detail, code].some((one) => one.toLowerCase().includes(part.toLowerCase()));
  return (
    // A whole id is a name: who has it may ask for the instance anyway.
    (!text || text === id || has(text)) &&
    (errorCode === undefined || code === errorCode) &&
    (waitingEvent === undefined || detail.includes(waitingEvent))
  );
}
