import { findTasks, type TaskRecord } from '@perdure/database/read';
import { portId } from '@perdure/graph';
import type { Identity } from '../auth/identity.ts';
import { databaseFault } from '../errors/database-fault.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { BulkTaskPreview, BulkTaskResult } from '../trpc/contract/tasks.ts';
import { decideTask } from './decide-task.ts';
import { taskRefusals } from './task-refusals.ts';
import { taskRows } from './task-rows.ts';
import { outcomeInWords } from './task-words.ts';
import { viewerOf } from './viewer.ts';
import { masksOfInstances } from '../sensitive/mask-of-instance.ts';

/** Which of these could all be given one outcome without filling in anything, and why the others could not. In the order asked. */
export async function previewBulk(installation: Installation, identity: Identity, ids: readonly string[]): Promise<BulkTaskPreview> {
  const chosen = await look(installation, identity, ids);
  const [first] = chosen.flatMap(({ task, refusal }) => (task && refusal === null ? [task] : []));
  return { outcomes: first?.outcomes ?? [], items: chosen.map(({ id, title, refusal }) => ({ id, title, refusal })) };
}

/** Each by itself: one that was decided by somebody else meanwhile is told of, and the others are decided all the same. */
export async function decideBulk(
  installation: Installation,
  identity: Identity,
  { ids, outcome, comment }: { ids: readonly string[]; outcome: string; comment: string | null },
): Promise<BulkTaskResult> {
  const items: BulkTaskResult['items'] = [];
  for (const { id, title, task, refusal } of await look(installation, identity, ids)) {
    if (!task || refusal !== null) {
      items.push({ id, title, ok: false, message: refusal ?? gone });
      continue;
    }
    try {
      const { open } = await decideTask(installation, identity, { id, outcome: portId(outcome), data: {}, comment });
      const label = task.outcomes.find(({ port }) => port === outcome)?.label;
      items.push({ id, title, ok: true, message: open ? 'Your vote counts. More are needed.' : capital(outcomeInWords(outcome, label)) });
    } catch (thrown) {
      // Also an outage in between: what was decided before it is told of.
      const refusal = thrown instanceof RequestError ? thrown : databaseFault(thrown);
      if (refusal === undefined) throw thrown;
      items.push({ id, title, ok: false, message: refusal.message });
    }
  }
  return { items };
}

const gone = 'There is no such task, or it is not yours to see.';

interface Chosen {
  id: string;
  title: string;
  task: TaskRecord | undefined;
  refusal: string | null;
}

async function look(installation: Installation, identity: Identity, asked: readonly string[]): Promise<Chosen[]> {
  const ids = [...new Set(asked)];
  const found = await findTasks(installation.database.prisma, await viewerOf(installation, identity), ids);
  const rows = new Map((await taskRows(installation, found)).map((row) => [row.id, row]));
  const folders = await installation.folders.load();
  const byId = new Map(found.map((task) => [task.id, task]));
  const maskOf = await masksOfInstances(
    installation,
    identity,
    found.map(({ instanceId, workflowKey, version }) => ({ id: instanceId, workflowKey, version })),
  );
  let type: string | undefined;
  return ids.map((id): Chosen => {
    const task = byId.get(id);
    const row = rows.get(id);
    if (!task || !row) return { id, title: id, task: undefined, refusal: gone };
    const title = maskOf(task.instanceId)(task.title);
    const names = new Map(row.holders.map((holder) => [holder.id, holder.name]));
    const refusal =
      taskRefusals(task, identity, folders.get(task.workflowKey) ?? '', names).decide ??
      (asksForSomething(task.formSchema) ? 'Its form has fields that must be filled in.' : null);
    if (refusal !== null) return { id, title, task, refusal };
    const own = JSON.stringify([task.workflowKey, task.node]);
    type ??= own;
    return { id, title, task, refusal: own === type ? null : 'It is a task of another kind than the first one.' };
  });
}

function asksForSomething(schema: unknown): boolean {
  return (
    typeof schema === 'object' && schema !== null && 'required' in schema && Array.isArray(schema.required) && schema.required.length > 0
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
