import { z } from 'zod';
import { stepName } from '../../../instances/operation-inputs.ts';
import { skipStep as skip } from '../../../instances/operate-instance.ts';
import { jsonValue } from '../../json-value.ts';
import { procedure } from '../../base.ts';

export const skipStep = procedure('instance.operate')
  .input(
    z.strictObject({
      id: z.string(),
      step: stepName,
      output: jsonValue,
      port: z.string().max(200).optional(),
      reason: z.string().max(2_000),
    }),
  )
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => skip(installation, identity, input));
