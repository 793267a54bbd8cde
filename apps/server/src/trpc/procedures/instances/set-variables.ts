import { z } from 'zod';
import { setVariables as set } from '../../../instances/operate-instance.ts';
import { variableValues } from '../../../instances/operation-inputs.ts';
import { procedure } from '../../base.ts';

export const setVariables = procedure('instance.operate')
  .input(z.strictObject({ id: z.string(), values: variableValues, reason: z.string().max(2_000) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => set(installation, identity, input));
