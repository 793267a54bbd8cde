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

/** How reading ended. `gone`: it was purged, or begun anew, meanwhile. `damaged`: something is missing of it. A line says either. */
export type LinesEnd = { kind: 'whole' } | { kind: 'gone' } | { kind: 'damaged'; why: string };

/** Gives whole lines, several at a time. Rejects when the database does. */
export async function* instanceLines(
  { database, runtime }: Pick<Installation, 'database' | 'runtime'>,
  record: InstanceRecord,
  { mask, tasks }: LinesOptions,
): AsyncGenerator<string, LinesEnd> {
  const { prisma } = database;
  const { id } = record;
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const known = new Set<string>();
  /** What is missing, once something is. */
  let missing: string | null = null;

  async function* payloadsOf(value: Json): AsyncGenerator<string> {
    for (const { $payload: hash } of referencesIn(value)) {
      if (known.has(hash)) continue;
      known.add(hash);
      const kept = await runtime.payloads.load(hash);
      if (kept === undefined) {
        missing ??= `The payload ${hash} is missing.`;
        continue;
      }
      yield* payloadsOf(kept);
      yield line({ type: 'payload', instance: id, hash, value: mask(kept) });
    }
  }

  yield line({ type: 'instance', ...mask(wordsOf(record)) });
  for (let after = 0; after < record.seq;) {
    const read = await readHistory(prisma, id, after, page, pageBytes);
    if (read?.head.executionId !== record.executionId) {
      yield line({ type: 'gone', instance: id });
      return { kind: 'gone' };
    }
    const events = read.events.filter(({ seq }) => seq <= record.seq);
    // SPEC: a history has no gap.
    const gap = events.findIndex(({ seq }, i) => seq !== after + 1 + i);
    if (events.length === 0 || gap !== -1)
      missing ??= missingEvents(after + 1 + Math.max(gap, 0), (events[Math.max(gap, 0)]?.seq ?? record.seq + 1) - 1);
    // An event is JSON.
    for (const event of events) yield* payloadsOf(event as unknown as Json);
    yield events.map((event: HistoryEvent) => line({ type: 'event', instance: id, event: mask(event) })).join('');
    after = events.at(-1)?.seq ?? record.seq;
  }
  if (!tasks) return yield* end();
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
  return yield* end();

  function* end(): Generator<string, LinesEnd> {
    if (missing === null) return { kind: 'whole' };
    yield damagedLine(id, missing);
    return { kind: 'damaged', why: missing };
  }
}

function missingEvents(from: number, to: number): string {
  return from === to ? `Event ${from} of its history is missing.` : `Events ${from} to ${to} of its history are missing.`;
}

/** In place of what cannot be told of an instance. */
export function damagedLine(instance: string, why: string): string {
  return `${JSON.stringify({ type: 'damaged', instance, why })}\n`;
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
