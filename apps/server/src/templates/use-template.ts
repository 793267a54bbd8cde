import { createWorkflow } from '@perdure/database/write';
import { templateValueProblems, type TemplateValues } from '@perdure/graph';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, demandForAll, type Identity } from '../auth/identity.ts';
import { saveEntityType } from '../entities/save-entity-type.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { UsedTemplate } from '../trpc/contract/templates.ts';
import { createNamedWorkflow } from '../workflows/create-workflow.ts';
import { findTemplate, readEntityTemplate, templateDocument } from './read-templates.ts';
import { templateNeeds } from './template-needs.ts';
import { unknownTemplate } from './unknown-template.ts';
import { folderForNew } from '../workflows/folder-for-new.ts';

/**
 * A draft from a template, and what is missing of the things it needs. Nothing is published and nothing runs; what is there stays as it is. What the
 * template needs is made first: broken off in between, asking again finds it there.
 */
export async function useTemplate(
  installation: Installation,
  identity: Identity,
  use: { template: string; title: string; key?: string | undefined; folder?: string | undefined; values: TemplateValues },
): Promise<UsedTemplate> {
  const template = findTemplate(use.template);
  if (!template) throw unknownTemplate(use.template);
  const problems = templateValueProblems(template.parameters, use.values);
  if (problems.length > 0)
    throw new RequestError('template.values', `Some parameters are not right: ${problems[0]?.message}`, {
      details: problems.map(({ key, message }) => ({ field: `values.${key}`, message })),
    });
  const actor = actorOf(identity);
  const folder = folderForNew(identity, use.folder);
  const document = templateDocument(template, use.values);
  const needs = await templateNeeds(installation, template);
  // Entity types belong to no folder.
  if (needs.entityTypes.some(({ state }) => state === 'missing')) demandForAll(identity, 'workflow.edit');
  for (const { name, state } of needs.entityTypes)
    if (state === 'missing') await saveEntityType(installation, { ...readEntityTemplate(name), baseVersion: null, actor });
  for (const { key, state } of needs.workflows) {
    const needed = state === 'missing' ? findTemplate(key) : undefined;
    if (!needed) continue;
    const { title, description } = needed;
    await createWorkflow(installation.database.prisma, {
      key,
      title,
      description,
      folder,
      document: templateDocument(needed, {}),
      sample: false,
      actor,
    });
  }
  const { title, key: wanted } = use;
  const deed = {
    action: 'template.use',
    target: `template:${template.key}`,
    afterwards: ({ key }: { key: string }) => ({ target: `workflow:${key}`, detail: { template: template.key } }),
  };
  const { key } = await withDeed(installation, identity, deed, () =>
    createNamedWorkflow(installation, { key: wanted, title, description: template.description, folder, document, actor }),
  );
  return { key, ...needs };
}
