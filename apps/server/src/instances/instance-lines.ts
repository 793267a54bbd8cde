/**
 * An instance as lines of JSON, to be kept elsewhere (docs/operations.md has the format). Read in pages, one after the other: what it takes of
 * memory does not grow with the history. A payload stands once per instance, before the first line that refers to it.
 *
 * Not here: who may have it, and where the lines go.
 */
import { type InstanceRecord, listTaskComments, listTaskFiles, readHistory, readTaskFile, tasksOfInstance } from '@perdure/database/read';
import type { HistoryEvent } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { Mask } from '../sensitive/mask-of-instance.ts';
import type { Installation } from '../installation.ts';
import { referencesIn } from './payloads.ts';

const page = 500;
/** Values of 64 KB each must not make a page fill the memory. */
const pageBytes = 262_144;

export interface LinesOptions {
  mask: Mask;
  /** Also its human tasks with their comments and files, which the history does not have. */
  tasks: boolean;
}

/** Gives whole lines, several at a time. Returns false when the instance went, or was begun anew, while it was read: a line says so. */
export async function* instanceLines(
  { database, runtime }: Pick<Installation, 'database' | 'runtime'>,
  record: InstanceRecord,
  { mask, tasks }: LinesOptions,
): AsyncGenerator<string, boolean> {
  const { prisma } = database;
  const { id } = record;
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const known = new Set<string>();

  async function* payloadsOf(value: Json): AsyncGenerator<string> {
    for (const { $payload: hash } of referencesIn(value)) {
      if (known.has(hash)) continue;
      known.add(hash);
      const kept = (await runtime.payloads.load(hash)) ?? null;
      yield* payloadsOf(kept);
      yield line({ type: 'payload', instance: id, hash, value: mask(kept) });
    }
  }

  yield line({ type: 'instance', ...mask(wordsOf(record)) });
  for (let after = 0; after < record.seq;) {
    const read = await readHistory(prisma, id, after, page, pageBytes);
    if (read?.head.executionId !== record.executionId || read.events.length === 0) {
      yield line({ type: 'gone', instance: id });
      return false;
    }
    const events = read.events.filter(({ seq }) => seq <= record.seq);
    // An event is JSON.
    for (const event of events) yield* payloadsOf(event as unknown as Json);
    yield events.map((event: HistoryEvent) => line({ type: 'event', instance: id, event: mask(event) })).join('');
    after = events.at(-1)?.seq ?? record.seq;
  }
  if (!tasks) return true;
  for (const task of await tasksOfInstance(prisma, id)) {
    yield* payloadsOf(task as unknown as Json);
    yield line({ type: 'task', instance: id, task: mask(task) });
    const comments = await listTaskComments(prisma, task.id);
    yield comments.map((comment) => line({ type: 'comment', instance: id, task: task.id, comment: mask(comment) })).join('');
    for (const file of await listTaskFiles(prisma, task.id)) {
      yield line({ type: 'file', instance: id, task: task.id, file });
      let part = 0;
      for await (const data of readTaskFile(prisma, file.id))
        yield line({ type: 'file-part', file: file.id, part: part++, base64: Buffer.from(data).toString('base64') });
    }
  }
  return true;
}

/** The end of a file of lines: without it something is missing. */
export function endLine(instances: number): string {
  return `${JSON.stringify({ type: 'end', instances })}\n`;
}

function wordsOf(record: InstanceRecord) {
  const { id, executionId, workflowKey, workflowTitle, version, status, tags, startedBy, startedByName, seq } = record;
  return {
    id,
    executionId,
    workflowKey,
    workflowTitle,
    version,
    status,
    tags,
    startedBy,
    startedByName,
    parentInstanceId: record.parentInstanceId,
    parentStep: record.parentStep,
    customStatus: record.customStatus,
    failure: status === 'Failed' ? record.whereabouts : null,
    events: seq,
    createdAt: record.createdAt.toISOString(),
    completedAt: record.completedAt?.toISOString() ?? null,
  };
}
