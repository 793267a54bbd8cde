/** The sample workflows and the entity type they use: published as version 1 on the first start, and two instances so that there is something to look at. */
import { readFileSync } from 'node:fs';
import { findWorkflow } from '@perdure/database/read';
import { claimSetting, createWorkflow, publishVersion, saveEntityType } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { readEntityType } from '../entities/read-entity-type.ts';
import { RequestError } from '../errors/request-error.ts';
import { startInstance } from '../instances/start-instance.ts';
import type { Installation } from '../installation.ts';
import { checkDocument } from '../workflows/check-document.ts';
import { readDocument } from '../workflows/read-document.ts';

export const sampleKeys = [
  'conference-booking',
  'conference-booking-parallel',
  'conference-booking-fallback',
  'order-approval',
  'bank-transfer',
] as const;

export interface Sample {
  key: string;
  title: string;
  description: string;
  document: unknown;
}

export function readSample(key: (typeof sampleKeys)[number]): Sample {
  return JSON.parse(readFileSync(new URL(`${key}.json`, import.meta.url), 'utf8')) as Sample; // a file of this directory
}

/** Idempotent: what is there stays, also when somebody has changed or archived it; what a start left half done is finished. */
export async function seedSamples(installation: Installation): Promise<void> {
  const { database, runtime } = installation;
  const { prisma } = database;
  await seedAccount(installation);
  for (const key of sampleKeys) {
    const sample = readSample(key);
    const document = readDocument(sample.document);
    const [problem] = checkDocument(document).filter(({ severity }) => severity === 'error');
    if (problem) throw new Error(`The sample ${key} cannot be published: ${problem.title}. ${problem.detail}`);
    await createWorkflow(prisma, { key, title: sample.title, description: sample.description, document, sample: true, actor: 'system' });
    const stored = await findWorkflow(prisma, key);
    if (stored?.sample !== true || stored.latestVersion !== null) continue;
    await publishVersion(prisma, { key, draftRevision: stored.draftRevision, name: '', note: 'Sample', actor: 'system' });
    runtime.publishedVersion(key);
  }
}

/** A name is taken for good, so that a type which somebody archived does not come back. */
async function seedAccount({ database, runtime }: Installation): Promise<void> {
  const text = readFileSync(new URL('account.entity.json', import.meta.url), 'utf8');
  const sample = JSON.parse(text) as { name: string; title: string; description: string; document: Json }; // a file of this directory
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
    ['order-approval', 'welcome-order'],
  ] as const) {
    await startInstance(installation, { workflowKey, instanceId, input: {}, tags: ['sample'], startedBy: 'system' }).catch(
      (error: Error) => {
        if (!(error instanceof RequestError && error.code === 'instance.exists')) throw error;
      },
    );
  }
  await claimSetting(prisma, 'welcomed', true);
}
