import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { countingNumber } from '../../../stored-values.ts';
import { runScenarios as runAll } from '../../../workflows/scenarios/run-scenarios.ts';
import { takeSnapshot } from '../../../workflows/test-runs/run-draft.ts';
import { procedure } from '../../base.ts';
import type { RunScenariosResult } from '../../contract.ts';
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
    const results = await runAll(installation, { key, version, document, actor: actorOf(identity) }, chosen);
    await recordDeed(installation, identity, 'workflow.run-scenarios', `workflow:${key}`, {
      draftRevision,
      passed: results.filter(({ passed }) => passed).length,
      failed: results.filter(({ passed }) => !passed).length,
    });
    return { ok: true, results };
  });
