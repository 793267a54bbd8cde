import { findEntityType, findWorkflow } from '@perdure/database/read';
import { canonicalJson } from '@perdure/graph';
import type { Installation } from '../installation.ts';
import type { TemplateEntityType, TemplateWorkflow } from '../trpc/contract/templates.ts';
import { findTemplate, readEntityTemplate, type Template } from './read-templates.ts';

/** What a template works with, and whether it is there. Names of archived ones stay taken, so those cannot be created again. */
export async function templateNeeds(
  { database: { prisma } }: Installation,
  template: Template,
): Promise<{ entityTypes: TemplateEntityType[]; workflows: TemplateWorkflow[] }> {
  const entityTypes = template.entityTypes.map(async (name): Promise<TemplateEntityType> => {
    const wanted = readEntityTemplate(name);
    const stored = await findEntityType(prisma, name);
    const state = stored
      ? canonicalJson(stored.document) === canonicalJson(wanted.document)
        ? 'same'
        : 'different'
      : (await prisma.entityType.count({ where: { name } })) > 0
        ? 'archived'
        : 'missing';
    return { name, title: stored?.title ?? wanted.title, state };
  });
  const workflows = template.workflows.map(async (key): Promise<TemplateWorkflow> => {
    const stored = await findWorkflow(prisma, key);
    const state = stored
      ? stored.latestVersion === null
        ? 'draft'
        : 'published'
      : (await prisma.workflow.count({ where: { key } })) > 0
        ? 'archived'
        : 'missing';
    return { key, title: stored?.title ?? findTemplate(key)?.title ?? key, state };
  });
  return { entityTypes: await Promise.all(entityTypes), workflows: await Promise.all(workflows) };
}
