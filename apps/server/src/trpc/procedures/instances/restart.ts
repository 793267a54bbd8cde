import { z } from 'zod';
import { restartInstance } from '../../../instances/restart-instance.ts';
import { versionNumber } from '../../../stored-values.ts';
import { jsonValue } from '../../json-value.ts';
import { procedure } from '../../base.ts';

export const restart = procedure('instance.operate')
  .input(
    z.strictObject({
      id: z.string(),
      version: z.union([z.enum(['same', 'latest']), versionNumber]),
      input: jsonValue.optional(),
      reason: z.string().max(2_000),
    }),
  )
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ id: string }> => restartInstance(installation, identity, input));
