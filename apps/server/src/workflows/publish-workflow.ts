import { findWorkflow } from '@perdure/database/read';
import { publishVersion } from '@perdure/database/write';
import type { Installation } from '../installation.ts';
import type { WorkflowDocument } from '@perdure/graph';
import type { PublishResult, ScenarioResult } from '../trpc/contract/workflows.ts';
import { runScenarios } from './scenarios/run-scenarios.ts';
import { unknownWorkflow } from './unknown-workflow.ts';
import { takeSnapshot } from './test-runs/run-draft.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { demandSubWorkflows } from './demand-sub-workflows.ts';

/**
 * Checks the stored draft, runs its scenarios, and freezes it. Problems, failing scenarios and a draft that has moved on are answers, not errors.
 */
export async function publishWorkflow(
  installation: Installation,
  publish: { key: string; draftRevision: number; name: string; note: string; despiteScenarios?: boolean; identity: Identity },
): Promise<PublishResult> {
  const { database, runtime, checkDocument } = installation;
  const workflow = await findWorkflow(database.prisma, publish.key);
  if (!workflow) throw unknownWorkflow(publish.key);
  if (workflow.draftRevision !== publish.draftRevision) return { ok: false, code: 'draft.conflict', problems: [] };
  await demandSubWorkflows(installation, publish.identity, workflow.draft);
  const problems = await checkDocument(workflow.draft);
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, code: 'publish.problems', problems };
  const { key, draftRevision, name, note, identity, despiteScenarios = false } = publish;
  const failing = await failingScenarios(installation, { key, draftRevision, identity }, workflow.draft);
  if (failing.length > 0 && !despiteScenarios) return { ok: false, code: 'publish.scenarios', problems: [], scenarios: failing };
  const despite = failing.map(({ title }) => title);
  const published = await publishVersion(database.prisma, {
    key,
    draftRevision,
    actor: actorOf(identity),
    name,
    note: failing.length === 0 ? note : `${note}\n\nPublished although scenarios failed: ${despite.join(', ')}.`.trim(),
    ...(failing.length > 0 && { despite }),
  });
  if (published.ok) {
    runtime.publishedVersion(publish.key);
    return published;
  }
  if (published.code === 'workflow.unknown') throw unknownWorkflow(publish.key);
  return { ok: false, code: 'draft.conflict', problems: [] };
}

async function failingScenarios(
  installation: Installation,
  wanted: { key: string; draftRevision: number; identity: Identity },
  { scenarios = [] }: WorkflowDocument,
): Promise<ScenarioResult[]> {
  if (scenarios.length === 0) return [];
  const taken = await takeSnapshot(installation, wanted);
  // A draft that has moved on meanwhile is told by publishing itself.
  if (!taken.ok) return [];
  const { version, document } = taken;
  const results = await runScenarios(installation, { key: wanted.key, version, document, actor: actorOf(wanted.identity) }, scenarios);
  return results.filter(({ passed }) => !passed);
}
