/** Seeds: the templates that are there from the start, with the entity types they use: published as version 1 on the first start, and two instances so that there is something to look at. */
import { findWorkflow } from '@perdure/database/read';
import { claimSetting, createWorkflow, publishVersion, saveEntityType } from '@perdure/database/write';
import { readEntityType } from '../entities/read-entity-type.ts';
import { RequestError } from '../errors/request-error.ts';
import { startInstance } from '../instances/start-instance.ts';
import { guideWorkflow } from '../guide/guide-workflow.ts';
import type { Installation } from '../installation.ts';
import { readEntityTemplate, readTemplates, templateDocument } from '../templates/read-templates.ts';
import { checkDocument } from '../workflows/check-document.ts';

/** Idempotent: what is there stays, also when somebody has changed or archived it; what a start left half done is finished. */
export async function seedSamples(installation: Installation): Promise<void> {
  const { database, runtime } = installation;
  const { prisma } = database;
  const seeded = readTemplates().filter((template) => template.seeded);
  for (const name of new Set(seeded.flatMap(({ entityTypes }) => entityTypes))) await seedEntityType(installation, name);
  for (const template of seeded) {
    const { key, title, description } = template;
    const document = templateDocument(template, {});
    const [problem] = checkDocument(document).filter(({ severity }) => severity === 'error');
    if (problem) throw new Error(`The sample ${key} cannot be published: ${problem.title}. ${problem.detail}`);
    await createWorkflow(prisma, { key, title, description, folder: '', document, sample: true, actor: 'system' });
    const stored = await findWorkflow(prisma, key);
    if (stored?.sample !== true || stored.latestVersion !== null) continue;
    await publishVersion(prisma, { key, draftRevision: stored.draftRevision, name: '', note: 'Sample', actor: 'system' });
    runtime.publishedVersion(key);
  }
}

/** A name is taken for good, so that a type which somebody archived does not come back. */
async function seedEntityType({ database, runtime }: Installation, name: string): Promise<void> {
  const sample = readEntityTemplate(name);
  const { problems } = readEntityType(sample.document);
  if (problems.length > 0) throw new Error(`The sample entity type ${sample.name} has problems: ${problems[0]?.detail}`);
  await saveEntityType(database.prisma, { ...sample, baseVersion: null, actor: 'system' });
  runtime.savedEntityType(sample.name);
}

/**
 * Once in the life of an installation: one instance that finishes and one that waits for a person. What a start left undone the next one does.
 * Throws what hinders it; nothing depends on them.
 */
export async function startWelcomeInstances(installation: Installation): Promise<void> {
  const { prisma } = installation.database;
  if ((await prisma.setting.findUnique({ where: { key: 'welcomed' } })) !== null) return;
  for (const [workflowKey, instanceId] of [
    ['conference-booking', 'welcome-booking'],
    [guideWorkflow, 'welcome-order'],
  ] as const) {
    await startInstance(installation, { workflowKey, instanceId, input: {}, tags: ['sample'], startedBy: 'system' }).catch(
      (error: Error) => {
        if (!(error instanceof RequestError && error.code === 'instance.exists')) throw error;
      },
    );
  }
  await claimSetting(prisma, 'welcomed', true);
}
