import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { purgeTestRuns } from '../../../instances/purge-test-runs.ts';
import { procedure } from '../../base.ts';
import { demandWorkflow, reachOf } from '../../../auth/reach.ts';

export const purgeTests = procedure('instance.purge')
  .input(z.strictObject({ workflowKey: z.string().max(64).optional() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ purged: number; more: boolean }> => {
    if (input.workflowKey !== undefined) await demandWorkflow(installation, identity, 'instance.purge', input.workflowKey);
    const reach = await reachOf(installation, identity, 'instance.purge');
    const result = await purgeTestRuns(installation, input.workflowKey === undefined ? reach : [input.workflowKey]);
    await recordDeed(installation, identity, 'instance.purge-tests', `workflow:${input.workflowKey ?? '*'}`, { purged: result.purged });
    return result;
  });
