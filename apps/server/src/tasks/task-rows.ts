import { personNames, type TaskRecord } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import type { TaskRow } from '../trpc/contract/tasks.ts';
import { peopleOf, taskRow } from './task-words.ts';

/** Rows as lists show them, with everybody's name. */
export async function taskRows({ database }: Installation, records: readonly TaskRecord[]): Promise<TaskRow[]> {
  const names = await personNames(database.prisma, peopleOf(records));
  return records.map((record) => taskRow(record, names));
}
