/** What narrows lists of instances: the fields as they come in, and what of it somebody may see. */
import { partsSearchedIn, type InstanceFilter } from '@perdure/database/read';
import { z } from 'zod';
import { covers } from '../auth/folder.ts';
import type { Identity } from '../auth/identity.ts';
import { reachOf, withinReach } from '../auth/reach.ts';
import type { Installation } from '../installation.ts';
import { maskedInstanceSearch } from '../sensitive/masked-search.ts';
import { momentText, versionNumber } from '../stored-values.ts';
import type { InstanceFilterInput } from '../trpc/contract/instances.ts';
import type { Permission } from '../trpc/contract/people.ts';

const shownStatus = z.enum(['Pending', 'Running', 'Waiting', 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled']);
const waitingKind = z.enum(['event', 'humanTask', 'timer', 'retry', 'subWorkflow', 'entity', 'lock', 'quarantined']);
const milliseconds = z.number().min(0).max(1e13);

export const instanceFilterInput = z.strictObject({
  ids: z.array(z.string().max(200)).max(1_000).optional(),
  statuses: z.array(shownStatus).max(8).optional(),
  notStatuses: z.array(shownStatus).max(8).optional(),
  workflowKeys: z.array(z.string().max(64)).max(100).optional(),
  folder: z.string().max(200).optional(),
  version: versionNumber.optional(),
  startedAfter: momentText.optional(),
  startedBefore: momentText.optional(),
  minDurationMs: milliseconds.optional(),
  maxDurationMs: milliseconds.optional(),
  text: z.string().max(20_000).optional(),
  tags: z.array(z.string().max(100)).max(20).optional(),
  isTest: z.boolean().optional(),
  errorCode: z.string().max(200).optional(),
  incident: z.string().max(32).optional(),
  waitingKinds: z.array(waitingKind).min(1).max(8).optional(),
  waitingEvent: z.string().max(200).optional(),
  waitingLongerThanMs: milliseconds.optional(),
  stuck: z.boolean().optional(),
});

const mostText = 200;

/** As the read models take it, within what the permission covers; words count where whoever asks may see them. */
export async function instanceFilter(
  installation: Installation,
  identity: Identity,
  permission: Permission,
  input: z.infer<typeof instanceFilterInput>,
): Promise<InstanceFilter> {
  return maskedInstanceSearch(installation, identity, await filterWithin(installation, identity, permission, input));
}

/** The same for what was found before: whether the words may be seen is not asked again. */
export async function filterWithin(
  installation: Pick<Installation, 'folders'>,
  identity: Identity,
  permission: Permission,
  input: z.infer<typeof instanceFilterInput>,
): Promise<InstanceFilter> {
  const { folder, text, ids, startedAfter, startedBefore, ...rest } = input;
  const reach = await reachOf(installation, identity, permission);
  const asked = folder === undefined ? input.workflowKeys : await keysIn(installation, folder, input.workflowKeys);
  const pasted = ids === undefined && text !== undefined ? pastedIds(text) : undefined;
  return {
    ...rest,
    workflowKeys: withinReach(reach, asked),
    startedAfter: startedAfter === undefined ? undefined : new Date(startedAfter),
    startedBefore: startedBefore === undefined ? undefined : new Date(startedBefore),
    ids: ids ?? pasted,
    text: pasted === undefined ? text?.trim().slice(0, mostText) : undefined,
  };
}

/** How many of the newest instances parts of ids are looked for in, for a filter that has any; else null. */
export function searchedNewest({ text }: InstanceFilter): number | null {
  return text === undefined || text === '' ? null : partsSearchedIn;
}

async function keysIn(
  { folders }: Pick<Installation, 'folders'>,
  folder: string,
  asked: readonly string[] | undefined,
): Promise<readonly string[]> {
  const inside = [...(await folders.load())].filter(([, of]) => covers(folder, of)).map(([key]) => key);
  return asked === undefined ? inside : inside.filter((key) => asked.includes(key));
}

/** Several ids, one a line or with commas between them, as they are copied from elsewhere: every word of an id list has a digit in it. */
function pastedIds(text: NonNullable<InstanceFilterInput['text']>): string[] | undefined {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  return words.length > 1 && words.every((word) => /\d/.test(word) && word.length > 3) ? words.slice(0, 1_000) : undefined;
}
