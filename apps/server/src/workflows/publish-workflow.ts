import { findWorkflow } from '@perdure/database/read';
import { publishVersion } from '@perdure/database/write';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { PublishResult } from '../trpc/contract.ts';

/** Checks the stored draft and freezes it. Problems and a draft that has moved on are answers, not errors. */
export async function publishWorkflow(
  { database, runtime, checkDocument }: Installation,
  publish: { key: string; draftRevision: number; name: string; note: string; actor: string },
): Promise<PublishResult> {
  const workflow = await findWorkflow(database.prisma, publish.key);
  if (!workflow) throw unknownWorkflow(publish.key);
  if (workflow.draftRevision !== publish.draftRevision) return { ok: false, code: 'draft.conflict', problems: [] };
  const problems = await checkDocument(workflow.draft);
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, code: 'publish.problems', problems };
  const published = await publishVersion(database.prisma, publish);
  if (published.ok) {
    runtime.publishedVersion(publish.key);
    return published;
  }
  if (published.code === 'workflow.unknown') throw unknownWorkflow(publish.key);
  return { ok: false, code: 'draft.conflict', problems: [] };
}

export function unknownWorkflow(key: string): RequestError {
  return new RequestError('workflow.unknown', `There is no workflow with the key "${key}".`);
}
