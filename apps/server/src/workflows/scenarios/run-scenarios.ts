import type { Scenario } from '@perdure/graph';
import type { Installation } from '../../installation.ts';
import type { ScenarioResult } from '../../trpc/contract/workflows.ts';
import { runScenario, type SnapshotOfDraft } from './run-scenario.ts';

const atOnce = 8;

/** In the order of the scenarios, whatever the order they end in. */
export async function runScenarios(
  installation: Installation,
  snapshot: SnapshotOfDraft,
  scenarios: readonly Scenario[],
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < scenarios.length; at = next++) {
      const scenario = scenarios[at];
      if (scenario) results[at] = await runScenario(installation, snapshot, scenario);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, scenarios.length) }, lane));
  return results;
}
