import { z } from 'zod';
import { scenarioOfRun as fromRun } from '../../../workflows/scenarios/scenario-of-run.ts';
import { procedure } from '../../base.ts';
import type { ScenarioOfRun } from '../../contract/workflows.ts';
import { demandInstance } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

export const scenarioOfRun = procedure('instance.read')
  .input(z.strictObject({ instanceId: z.string().max(200), pinsActivities: z.boolean() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<ScenarioOfRun> => {
    await demandInstance(installation, identity, 'instance.read', input.instanceId);
    const mask = await maskOfInstance(installation, identity, input.instanceId);
    return mask(await fromRun(installation, input.instanceId, { pinsActivities: input.pinsActivities }));
  });
