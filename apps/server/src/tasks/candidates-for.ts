import { findHoldersOf, type NamedPerson, type TaskRecord } from '@perdure/database/read';
import { foldersAbove } from '../auth/folder.ts';
import { rolePermissions, roles } from '../auth/permissions.ts';
import type { Installation } from '../installation.ts';
import type { TaskCandidate } from '../trpc/contract/tasks.ts';
import { exclusionOf } from './task-refusals.ts';
import { holdersOf } from './task-words.ts';

/** People a task could be given to, by the beginning of a word of their name or of their e-mail address; with why not, for those it cannot. */
export async function candidatesFor(installation: Installation, task: TaskRecord, text: string): Promise<TaskCandidate[]> {
  const people = await decidersNamed(installation, task, { text });
  return people
    .map((person) => ({ ...person, refusal: refusalOf(task, person) }))
    .sort((a, b) => Number(a.refusal !== null) - Number(b.refusal !== null));
}

/** Those who may decide tasks of this workflow. At most 20. */
export async function decidersNamed(
  { database, folders }: Pick<Installation, 'database' | 'folders'>,
  { workflowKey }: TaskRecord,
  search: { text: string } | { ids: readonly string[] },
): Promise<NamedPerson[]> {
  const folder = (await folders.load()).get(workflowKey) ?? '';
  const deciding = roles.filter((role) => rolePermissions[role].includes('task.decide'));
  return findHoldersOf(database.prisma, { ...search, roles: deciding, folders: foldersAbove(folder), limit: 20 });
}

function refusalOf(task: TaskRecord, { id, email }: { id: string; email: string }): string | null {
  switch (exclusionOf(task, id, [email.toLowerCase()])) {
    case 'excluded':
      return 'The workflow says that they may not decide this task.';
    case 'voted':
      return 'Has voted already.';
    case null:
      return holdersOf(task).some(({ by }) => by === id) ? 'Has the task already.' : null;
  }
}
