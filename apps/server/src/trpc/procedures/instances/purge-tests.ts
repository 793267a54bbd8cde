import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { purgeTestRuns } from '../../../instances/purge-test-runs.ts';
import { procedure } from '../../base.ts';
import { demandWorkflow, reachOf } from '../../../auth/reach.ts';

export const purgeTests = procedure('instance.purge')
  .input(z.strictObject({ workflowKey: z.string().max(64).optional() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ purged: number; more: boolean }> => {
    if (input.workflowKey !== undefined) await demandWorkflow(installation, identity, 'instance.purge', input.workflowKey);
    const reach = await reachOf(installation, identity, 'instance.purge');
    const deed = {
      action: 'instance.purge-tests',
      target: `workflow:${input.workflowKey ?? '*'}`,
      counts: 'purged',
      afterwards: ({ purged }: { purged: number }) => ({ detail: { purged } }),
    };
    return withDeed(installation, identity, deed, (tellPortion) =>
      purgeTestRuns(installation, input.workflowKey === undefined ? reach : [input.workflowKey], tellPortion),
    );
  });
