/**
 * Human tasks as people may see them. I12: every query here carries `task-visible.sql`; there is no way to read a task without naming the viewer.
 */
import type { HumanTaskBody } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

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
  status: 'open' | 'decided' | 'expired' | 'cancelled';
  assignee: string | null;
  assigneeName: string | null;
  claimedAt: Date | null;
  outcome: string | null;
  data: Json;
  comment: string | null;
  decidedBy: string | null;
  decidedByName: string | null;
  closedAt: Date | null;
  createdAt: Date;
  sortKey: number;
}

export type TaskView = 'mine' | 'available' | 'all' | 'closed';
export type TaskSort = 'due' | 'priority' | 'created';

export async function listTasks(
  prisma: PrismaClient,
  viewer: TaskViewer,
  query: { view: TaskView; sort: TaskSort; text?: string | undefined; from: { sortKey: number; id: string } | null; limit: number },
): Promise<{ rows: TaskRecord[]; more: boolean }> {
  const sort = sortExpressions[query.view === 'closed' ? 'closed' : query.sort];
  const pattern = query.text ? `%${query.text.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
  const rows = await prisma.$queryRawUnsafe<TaskRecord[]>(
    (columnsSql + listSql).replaceAll('/*sort*/', sort),
    ...viewerParameters(viewer),
    query.view,
    pattern,
    query.from?.sortKey ?? null,
    query.from?.id ?? null,
    query.limit + 1,
  );
  return { rows: rows.slice(0, query.limit), more: rows.length > query.limit };
}

export async function countTasks(
  prisma: PrismaClient,
  viewer: TaskViewer,
): Promise<{ mine: number; available: number; all: number; overdue: number }> {
  const [row] = await prisma.$queryRawUnsafe<{ mine: number; available: number; all: number; overdue: number }[]>(
    countsSql,
    ...viewerParameters(viewer),
  );
  return row ?? { mine: 0, available: 0, all: 0, overdue: 0 };
}

/** Undefined also when the viewer may not see it: to them it does not exist. */
export async function findTask(prisma: PrismaClient, viewer: TaskViewer, id: string): Promise<TaskRecord | undefined> {
  const [row] = await prisma.$queryRawUnsafe<TaskRecord[]>(byIdSql, ...viewerParameters(viewer), id);
  return row;
}

export async function listTasksOfInstance(prisma: PrismaClient, viewer: TaskViewer, instanceId: string): Promise<TaskRecord[]> {
  return prisma.$queryRawUnsafe<TaskRecord[]>(ofInstanceSql, ...viewerParameters(viewer), instanceId);
}

/** Ascending order in all of them; ids break ties. */
const sortExpressions = {
  due: 'coalesce(extract(epoch FROM t.due_at) * 1000, 9e15)::float8',
  priority: '(-t.priority)::float8',
  created: '(-extract(epoch FROM t.created_at) * 1000)::float8',
  closed: '(-extract(epoch FROM coalesce(t.closed_at, t.created_at)) * 1000)::float8',
} as const;

const visibleSql = sqlFile(import.meta.url, 'task-visible.sql');
const columnsSql = sqlFile(import.meta.url, 'task-columns.sql');
const withVisible = (name: string): string => sqlFile(import.meta.url, name).replace('/*visible*/', visibleSql);
const listSql = withVisible('task-list.sql');
const countsSql = withVisible('task-counts.sql');
const byIdSql = (columnsSql + withVisible('task-by-id.sql')).replace('/*sort*/', sortExpressions.created);
const ofInstanceSql = (columnsSql + withVisible('task-of-instance.sql')).replace('/*sort*/', sortExpressions.created);

/** $1 to $4 of task-visible.sql. */
function viewerParameters(viewer: TaskViewer): unknown[] {
  return [viewer.overseen, viewer.userId, viewer.names, viewer.keys];
}
