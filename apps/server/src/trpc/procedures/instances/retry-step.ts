import { z } from 'zod';
import { stepName } from '../../../instances/operation-inputs.ts';
import { retryStep as retry } from '../../../instances/operate-instance.ts';
import { procedure } from '../../base.ts';

export const retryStep = procedure('instance.operate')
  .input(z.strictObject({ id: z.string(), step: stepName, reason: z.string().max(2_000) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => retry(installation, identity, input));
