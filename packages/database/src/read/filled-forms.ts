import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface FilledForm {
  instanceId: string;
  /** As it was given to people. */
  formSchema: Json;
  /** Of the decision; null while it is open. */
  data: Json;
  /** What those entered who voted. */
  votes: Json[] | null;
}

/** What people have entered into the forms of these instances. */
export async function readFilledForms(prisma: PrismaClient, ids: readonly string[]): Promise<FilledForm[]> {
  return prisma.$queryRawUnsafe<FilledForm[]>(formsSql, ids);
}

const formsSql = sqlFile(import.meta.url, 'filled-forms.sql');
