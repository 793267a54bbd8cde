import { z } from 'zod';
import { scenarioOfRun as fromRun } from '../../../workflows/scenarios/scenario-of-run.ts';
import { procedure } from '../../base.ts';
import type { ScenarioOfRun } from '../../contract.ts';

export const scenarioOfRun = procedure('instance.read')
  .input(z.strictObject({ instanceId: z.string().max(200), pinsActivities: z.boolean() }))
  .query(({ ctx: { installation }, input }): Promise<ScenarioOfRun> =>
    fromRun(installation, input.instanceId, { pinsActivities: input.pinsActivities }),
  );
