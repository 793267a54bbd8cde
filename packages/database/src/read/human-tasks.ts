/**
 * Human tasks as people may see them. I12: every query here carries `task-visible.sql`; there is no way to read a task without naming the viewer.
 */
import type { HumanTaskBody, HumanTaskHolder, HumanTaskRule, HumanTaskSchedule, HumanTaskVote } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { MaskedWorkflows } from './instance-list.ts';

/** Who looks. Candidates of a task are matched against `names` (lower case): the user's id, e-mail address, groups and roles. */
export interface TaskViewer {
  userId: string;
  /** Workflows whose tasks they may see if they are candidates; null: all. */
  keys: readonly string[] | null;
  /** Workflows whose tasks they see anyway; null: all. */
  overseen: readonly string[] | null;
  names: readonly string[];
}

export interface TaskRecord {
  id: string;
  instanceId: string;
  step: string;
  node: string;
  workflowKey: string;
  workflowTitle: string;
  version: number;
  title: string;
  description: string | null;
  context: Json;
  candidates: string[];
  priority: number;
  formSchema: Json;
  outcomes: HumanTaskBody['outcomes'];
  dueAt: Date | null;
  deadlineAt: Date | null;
  escalatedAt: Date | null;
  rule: HumanTaskRule | null;
  schedule: HumanTaskSchedule | null;
  holders: HumanTaskHolder[] | null;
  votes: HumanTaskVote[] | null;
  freeSeats: number;
  status: 'open' | 'decided' | 'expired' | 'cancelled';
  assignee: string | null;
  claimedAt: Date | null;
  outcome: string | null;
  data: Json;
  comment: string | null;
  decidedBy: string | null;
  closedAt: Date | null;
  createdAt: Date;
  followUpAt: Date | null;
  comments: number;
  files: number;
}

export type TaskView = keyof typeof views;
export type TaskSort = Exclude<keyof typeof sorts, 'closed'>;

/** Where a page ends: its last row's place in the order. */
export interface TaskPlace {
  key1: string | null;
  key2: string | null;
  id: string;
}

export interface TaskQuery {
  view: TaskView;
  sort: TaskSort;
  text: string | undefined;
  /** Says more of `text`: tasks of these workflows only, or of those with values the viewer may not see only what was found when masked. */
  searched?: { only: readonly string[] } | { masked: MaskedWorkflows } | undefined;
  workflowKey: string | undefined;
  overdue: boolean;
  minPriority: number | undefined;
  from: TaskPlace | null;
  limit: number;
}

export async function listTasks(
  prisma: PrismaClient,
  viewer: TaskViewer,
  query: TaskQuery,
): Promise<{ rows: (TaskRecord & TaskPlace)[]; more: boolean }> {
  const words = query.text ? searchWords(query.text) : null;
  const searched = words === null ? undefined : query.searched;
  // Few that match are found by the index of words; when there are many, walking the order soon comes to a page of them. The planner guesses
  // the same share for every beginning of a word, and would walk to the end for one that matches nothing.
  const matching =
    words === null ? [] : await prisma.$queryRawUnsafe<{ id: string }[]>(matchingSql, words, query.view === 'closed', fewMatches + 1);
  const text = words === null ? 'none' : matching.length > fewMatches ? 'many' : 'few';
  const rows = await prisma.$queryRawUnsafe<(TaskRecord & TaskPlace)[]>(
    listSql(query.view, sortOf(query), query.from !== null, textConditions[text] + searchedCondition(query, searched)),
    ...viewerParameters(viewer),
    text === 'few' ? matching.map(({ id }) => id) : words,
    query.workflowKey ?? null,
    query.overdue,
    query.minPriority ?? null,
    query.limit + 1,
    ...placeParameters(query),
    ...(searched === undefined ? [] : 'only' in searched ? [searched.only] : [searched.masked.workflowKeys, searched.masked.found]),
  );
  return { rows: rows.slice(0, query.limit), more: rows.length > query.limit };
}

/** Which of them have the words of the text, as the list finds them. Null: the text has none, and narrows nothing. */
export async function tasksWithWords(
  prisma: PrismaClient,
  text: string,
  tasks: readonly Pick<TaskRecord, 'id' | 'title' | 'instanceId' | 'workflowKey' | 'context'>[],
): Promise<string[] | null> {
  const words = searchWords(text);
  if (words === null) return null;
  const found = await prisma.$queryRawUnsafe<{ id: string }[]>(
    withWordsSql,
    words,
    tasks.map(({ id }) => id),
    tasks.map(({ title }) => title),
    tasks.map(({ instanceId }) => instanceId),
    tasks.map(({ workflowKey }) => workflowKey),
    tasks.map(({ context }) => JSON.stringify(context)),
  );
  return found.map(({ id }) => id);
}

/** Each exact to 10,000; 10,001 stands for more. */
export interface TaskCountsRecord {
  mine: number;
  available: number;
  all: number;
  followUp: number;
  overdue: number;
}

export async function countTasks(prisma: PrismaClient, viewer: TaskViewer): Promise<TaskCountsRecord> {
  const [row] = await prisma.$queryRawUnsafe<TaskCountsRecord[]>(countsSql, ...viewerParameters(viewer));
  return row ?? { mine: 0, available: 0, all: 0, followUp: 0, overdue: 0 };
}

/** Undefined also when the viewer may not see it: to them it does not exist. */
export async function findTask(prisma: PrismaClient, viewer: TaskViewer, id: string): Promise<TaskRecord | undefined> {
  const [row] = await findTasks(prisma, viewer, [id]);
  return row;
}

/** Those of them the viewer may see, in no order. */
export async function findTasks(prisma: PrismaClient, viewer: TaskViewer, ids: readonly string[]): Promise<TaskRecord[]> {
  return prisma.$queryRawUnsafe<TaskRecord[]>(byIdSql, ...viewerParameters(viewer), ids);
}

/** What the keys of a place among an instance's tasks are. */
export const keyTypesOfInstance: readonly TaskKeyType[] = ['int', 'timestamptz'];

/** A page of an instance's tasks, the open ones first. `step`: those of one step. */
export async function listTasksOfInstance(
  prisma: PrismaClient,
  viewer: TaskViewer,
  instanceId: string,
  { step, from, limit }: { step: string | null; from: TaskPlace | null; limit: number },
): Promise<{ rows: (TaskRecord & TaskPlace)[]; more: boolean }> {
  const place = [from?.key1 ?? null, from?.key2 ?? null, from?.id ?? null];
  const given = [...viewerParameters(viewer), instanceId, step, ...place, limit + 1];
  const rows = await prisma.$queryRawUnsafe<(TaskRecord & TaskPlace)[]>(ofInstanceSql, ...given);
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** Exact to 10,000; 10,001 stands for more. */
export async function countTasksOfInstance(prisma: PrismaClient, viewer: TaskViewer, instanceId: string): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<{ tasks: number }[]>(countOfInstanceSql, ...viewerParameters(viewer), instanceId);
  return row?.tasks ?? 0;
}

const putOff = 'SELECT 1 FROM human_task_follow_up p WHERE p.user_id = $2 AND p.task_id = t.id AND p.until > now()';
const held = `t.access_keys @> ARRAY['=' || $2::text]`;
const views = {
  mine: `t.status = 'open' AND ${held} AND NOT EXISTS (${putOff})`,
  available: `t.status = 'open' AND t.free_seats > 0 AND NOT (t.access_keys && ARRAY['=' || $2::text, '~' || $2::text]) AND NOT EXISTS (${putOff})`,
  all: `t.status = 'open'`,
  followUp: `t.status = 'open' AND p.until > now()`,
  closed: `t.status <> 'open'`,
} as const;

const fewMatches = 1_000;
const textConditions = {
  none: '$5::text IS NULL',
  few: 't.id = ANY ($5::text[])',
  // IS TRUE keeps the index of words out of it.
  many: `(t.words @@ to_tsquery('simple', $5::text)) IS TRUE`,
} as const;

export type TaskKeyType = 'int' | 'timestamptz';

interface Sort {
  /** One or two expressions; ids break ties. */
  keys: readonly [string, string?];
  types: readonly [TaskKeyType] | readonly [TaskKeyType, TaskKeyType];
  newestFirst: boolean;
}

const due = `coalesce(t.due_at, 'infinity'::timestamptz)`;
const sorts = {
  due: { keys: [due], types: ['timestamptz'], newestFirst: false },
  priority: { keys: ['- t.priority', due], types: ['int', 'timestamptz'], newestFirst: false },
  created: { keys: ['t.created_at'], types: ['timestamptz'], newestFirst: true },
  followUp: { keys: ['p.until'], types: ['timestamptz'], newestFirst: false },
  closed: { keys: ['coalesce(t.closed_at, t.created_at)'], types: ['timestamptz'], newestFirst: true },
} as const satisfies Record<string, Sort>;

/** What the keys of a place in the order are. */
export function taskKeyTypes(order: Pick<TaskQuery, 'view' | 'sort'>): readonly TaskKeyType[] {
  return sortOf(order).types;
}

function sortOf({ view, sort }: Pick<TaskQuery, 'view' | 'sort'>): Sort {
  if (view === 'closed') return sorts.closed;
  return sort === 'followUp' && view !== 'followUp' ? sorts.due : sorts[sort];
}

const visibleSql = sqlFile(import.meta.url, 'task-visible.sql').trim();
const columnsSql = sqlFile(import.meta.url, 'task-columns.sql').trim();
const withVisible = (name: string): string =>
  sqlFile(import.meta.url, name)
    .replaceAll('/*visible*/', visibleSql)
    .replaceAll('/*columns*/', columnsSql);
const pageSql = withVisible('task-list.sql');
const matchingSql = sqlFile(import.meta.url, 'task-matching.sql');
const withWordsSql = sqlFile(import.meta.url, 'task-with-words.sql');
const byIdSql = withVisible('task-by-id.sql');
const ofInstanceSql = withVisible('tasks-of-instance-page.sql');
const countOfInstanceSql = withVisible('task-count-of-instance.sql');
const countsSql = Object.entries(views).reduce(
  (sql, [view, condition]) => sql.replaceAll(`/*${view}*/`, condition),
  withVisible('task-counts.sql'),
);

function placeParameters({ from }: TaskQuery): unknown[] {
  return from === null ? [] : [from.key1, from.key2, from.id];
}

function searchedCondition(query: TaskQuery, searched: TaskQuery['searched']): string {
  if (searched === undefined) return '';
  // Behind the nine that every list has, and its place.
  const next = 10 + placeParameters(query).length;
  return 'only' in searched
    ? ` AND t.workflow_key = ANY ($${next}::text[])`
    : ` AND (t.workflow_key <> ALL ($${next}::text[]) OR t.id = ANY ($${next + 1}::text[]))`;
}

/** All pieces come from this file: nothing a person typed is in the text. */
function listSql(view: TaskView, { keys: [first, second], types, newestFirst }: Sort, continues: boolean, text: string): string {
  const places = [...(second === undefined ? [first] : [first, second]), 't.id'];
  const values = [`$10::text::${types[0]}`, ...(second === undefined ? [] : [`$11::text::${types[1]}`]), '$12::text'];
  const direction = newestFirst ? ' DESC' : '';
  const parts: Record<string, string> = {
    keys: `${first} AS key1, ${second ?? 'NULL::text'} AS key2`,
    join: view === 'followUp' ? 'JOIN human_task_follow_up p ON p.task_id = t.id AND p.user_id = $2' : '',
    view: views[view],
    text,
    after: continues
      ? `(${places.join(', ')}) ${newestFirst ? '<' : '>'} (${values.join(', ')})${second === undefined ? ' AND ($11::text IS NULL)' : ''}`
      : 'true',
    order: places.map((place) => place + direction).join(', '),
    shown: ['page.key1', 'page.key2', 'page.id'].map((place) => place + direction).join(', '),
  };
  return pageSql.replaceAll(/\/\*(\w+)\*\//g, (whole, name: string) => parts[name] ?? whole);
}

/** Every word must occur, or begin a word that does; cut as `human_task_words` cuts (migration 0014). */
function searchWords(text: string): string | null {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, 20)
        .map((word) => `${word}:*`)
        .join(' & ');
}

/** $1 to $4 of task-visible.sql. */
function viewerParameters(viewer: TaskViewer): unknown[] {
  return [viewer.overseen, viewer.userId, ['*', ...viewer.names, `=${viewer.userId}`, `~${viewer.userId}`], viewer.keys];
}
