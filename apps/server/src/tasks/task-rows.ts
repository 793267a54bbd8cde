import { personNames, type TaskRecord } from '@perdure/database/read';
import type { Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { masksOfInstances } from '../sensitive/mask-of-instance.ts';
import type { TaskRow } from '../trpc/contract/tasks.ts';
import { peopleOf, taskRow } from './task-words.ts';

/** Rows as lists show them, with everybody's name. */
export async function taskRows({ database }: Installation, records: readonly TaskRecord[]): Promise<TaskRow[]> {
  const names = await personNames(database.prisma, peopleOf(records));
  return records.map((record) => taskRow(record, names));
}

/** As the person may see them. Context is masked before its excerpt is made, which would make other texts of its values. */
export async function maskedTaskRows(installation: Installation, identity: Identity, records: readonly TaskRecord[]): Promise<TaskRow[]> {
  const maskOf = await masksOfInstances(
    installation,
    identity,
    records.map(({ instanceId, workflowKey, version }) => ({ id: instanceId, workflowKey, version })),
  );
  const rows = await taskRows(
    installation,
    records.map((record) => ({ ...record, context: maskOf(record.instanceId)(record.context) })),
  );
  return rows.map((row) => maskOf(row.instanceId)(row));
}
