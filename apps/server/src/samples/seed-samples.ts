/** The sample workflows: published as version 1 on the first start, and two instances of them so that there is something to look at. */
import { readFileSync } from 'node:fs';
import { findWorkflow } from '@perdure/database/read';
import { claimSetting, createWorkflow, publishVersion } from '@perdure/database/write';
import { startInstance } from '../instances/start-instance.ts';
import type { Installation } from '../installation.ts';
import { checkDocument } from '../workflows/check-document.ts';
import { readDocument } from '../workflows/read-document.ts';

export const sampleKeys = ['conference-booking', 'conference-booking-parallel', 'conference-booking-fallback', 'order-approval'] as const;

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
export async function seedSamples({ database, runtime }: Installation): Promise<void> {
  const { prisma } = database;
  for (const key of sampleKeys) {
    const sample = readSample(key);
    const document = readDocument(sample.document);
    const [problem] = checkDocument(document).filter(({ severity }) => severity === 'error');
    if (problem) throw new Error(`The sample ${key} cannot be published: ${problem.title}. ${problem.detail}`);
    await createWorkflow(prisma, { key, title: sample.title, description: sample.description, document, sample: true, actor: 'system' });
    const stored = await findWorkflow(prisma, key);
    if (stored?.sample !== true || stored.latestVersion !== null) continue;
    await publishVersion(prisma, { key, draftRevision: stored.draftRevision, note: 'Sample', actor: 'system' });
    runtime.publishedVersion(key);
  }
}

/** Once in the life of an installation: one instance that finishes and one that waits for a person. */
export async function startWelcomeInstances(installation: Installation): Promise<void> {
  if (!(await claimSetting(installation.database.prisma, 'welcomed', true))) return;
  for (const [workflowKey, instanceId] of [
    ['conference-booking', 'welcome-booking'],
    ['order-approval', 'welcome-order'],
  ] as const) {
    await startInstance(installation, { workflowKey, instanceId, input: {}, tags: ['sample'], startedBy: 'system' });
  }
}
