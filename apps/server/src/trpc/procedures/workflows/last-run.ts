import { findInstance, findLatestInstance } from '@perdure/database/read';
import { z } from 'zod';
import { stepOutputs } from '../../../instances/step-outputs.ts';
import { procedure } from '../../base.ts';
import type { LastRun } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

export const lastRun = procedure('instance.read')
  .input(z.strictObject({ key: z.string(), instanceId: z.string().max(100).optional() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<LastRun | null> => {
    await demandWorkflow(installation, identity, 'instance.read', input.key);
    const { prisma } = installation.database;
    const instanceId = input.instanceId ?? (await findLatestInstance(prisma, input.key));
    if (instanceId === undefined) return null;
    // One that was chosen may have been purged meanwhile.
    if (input.instanceId !== undefined && (await findInstance(prisma, instanceId))?.workflowKey !== input.key) return null;
    const mask = await maskOfInstance(installation, identity, instanceId);
    return { instanceId, ...mask(await stepOutputs(installation, instanceId)) };
  });
