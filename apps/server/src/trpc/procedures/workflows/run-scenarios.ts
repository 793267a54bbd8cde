import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { countingNumber } from '../../../stored-values.ts';
import { runScenarios as runAll } from '../../../workflows/scenarios/run-scenarios.ts';
import { takeSnapshot } from '../../../workflows/test-runs/run-draft.ts';
import { procedure } from '../../base.ts';
import type { RunScenariosResult, ScenarioResult } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({ key: z.string(), draftRevision: countingNumber, ids: z.array(z.string().max(64)).max(50).optional() });

export const runScenarios = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<RunScenariosResult> => {
    await demandWorkflow(installation, identity, 'workflow.edit', input.key);
    await demandWorkflow(installation, identity, 'instance.start', input.key);
    const { key, draftRevision, ids } = input;
    const taken = await takeSnapshot(installation, { key, draftRevision, identity });
    if (!taken.ok) return taken;
    const { version, document } = taken;
    const chosen = (document.scenarios ?? []).filter(({ id }) => ids === undefined || ids.includes(id));
    const deed = {
      action: 'workflow.run-scenarios',
      target: `workflow:${key}`,
      detail: { draftRevision },
      afterwards: (results: ScenarioResult[]) => {
        const passed = results.filter((result) => result.passed).length;
        return { detail: { draftRevision, passed, failed: results.length - passed } };
      },
    };
    const results = await withDeed(installation, identity, deed, () =>
      runAll(installation, { key, version, document, actor: actorOf(identity) }, chosen),
    );
    return { ok: true, results };
  });
