import type { HistoryEvent, HumanTaskRule } from '@perdure/engine';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

/** What has happened to a task in one commit. */
export interface TaskChange {
  taskId: string;
  instanceId: string;
  title: string;
  status: 'open' | 'decided' | 'expired' | 'cancelled';
  workflowKey: string;
  version: number;
  workflowTitle: string;
  dueAt: Date | null;
  candidates: string[];
  /** Ids of people. */
  holders: string[];
  voters: string[];
  rule: HumanTaskRule | null;
  isTest: boolean;
  events: HistoryEvent[];
  /** The node's address to tell, if it has one. */
  webhook: string | null;
  /** Of the key it is signed with. */
  webhookGeneration: number;
}

/**
 * Gives up to `limit` changes to `tell`, in one transaction in which they are also forgotten: what `tell` queues in it and the forgetting happen
 * together or not at all. Of several processes each gets others. Gives how many there were; those of tasks that are gone are only forgotten.
 */
export async function tellTaskChanges(
  prisma: PrismaClient,
  { types, testTag, limit }: { types: readonly HistoryEvent['type'][]; testTag: string; limit: number },
  tell: (tx: Prisma.TransactionClient, change: TaskChange) => Promise<void>,
): Promise<number> {
  return prisma.$transaction(
    async (tx) => {
      const rows = await tx.$queryRawUnsafe<Row[]>(changesSql, limit, types, testTag);
      for (const { seq: _seq, events, ...change } of rows) {
        if (change.instanceId === null) continue;
        // The join found the task, so all of its columns are there; the event was taken apart into columns when it was stored.
        const told = (events ?? []).map(({ seq, at, type, data }) => ({ seq, at, type, ...data })) as HistoryEvent[];
        await tell(tx, { ...(change as Omit<TaskChange, 'events'>), events: told });
      }
      if (rows.length > 0) {
        const [ids, seqs] = [rows.map(({ taskId }) => taskId), rows.map(({ seq }) => seq)];
        await tx.$executeRaw`
          DELETE FROM human_task_change USING unnest(${ids}::text[], ${seqs}::int[]) AS told(task_id, seq)
          WHERE human_task_change.task_id = told.task_id AND human_task_change.seq = told.seq`;
      }
      return rows.length;
    },
    { timeout: 30_000 },
  );
}

interface Row extends Omit<TaskChange, 'events' | 'instanceId'> {
  instanceId: string | null;
  seq: number;
  events: { seq: number; at: number; type: string; data: object }[] | null;
}

/** People whom the names (ids, addresses, groups, roles) mean, who may decide in one of the folders and want this kind of notice. */
export async function findRecipients(
  tx: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>,
  { roles, folders, names, kind }: { roles: readonly string[]; folders: readonly string[]; names: readonly string[]; kind: string },
): Promise<{ id: string; name: string; email: string }[]> {
  if (names.length === 0) return [];
  return tx.$queryRawUnsafe(
    recipientsSql,
    roles,
    folders,
    names.map((name) => name.toLowerCase()),
    kind,
  );
}

const changesSql = sqlFile(import.meta.url, 'task-changes.sql');
const recipientsSql = sqlFile(import.meta.url, 'task-recipients.sql');
