import type { WorkflowDocument } from '@perdure/graph';
import { createWorkflow } from '@perdure/database/write';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { keyFromTitle } from './workflow-key.ts';

/** With a key: exactly that one, or `workflow.exists`. Without: one made from the title, numbered when taken. */
export async function createNamedWorkflow(
  { database }: Installation,
  workflow: { key?: string | undefined; title: string; description?: string; folder: string; document: WorkflowDocument; actor: string },
): Promise<{ key: string }> {
  const { title, description = '', folder, document, actor } = workflow;
  const base = workflow.key ?? keyFromTitle(title);
  const attempts = workflow.key === undefined ? 100 : 1;
  for (let n = 1; n <= attempts; n++) {
    const key = n === 1 ? base : `${base}-${n}`;
    const created = await createWorkflow(database.prisma, { key, title, description, folder, document, sample: false, actor });
    if (created.ok) return { key };
  }
  throw new RequestError('workflow.exists', `The key "${base}" is taken. Choose another one.`, { details: { key: base } });
}
