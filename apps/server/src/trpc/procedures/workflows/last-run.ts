import { findLatestInstance } from '@perdure/database/read';
import { z } from 'zod';
import { stepOutputs } from '../../../instances/step-outputs.ts';
import { procedure } from '../../base.ts';
import type { LastRun } from '../../contract.ts';

export const lastRun = procedure('instance.read')
  .input(z.strictObject({ key: z.string() }))
  .query(async ({ ctx: { installation }, input }): Promise<LastRun | null> => {
    const instanceId = await findLatestInstance(installation.database.prisma, input.key);
    if (instanceId === undefined) return null;
    return { instanceId, ...(await stepOutputs(installation, instanceId)) };
  });
