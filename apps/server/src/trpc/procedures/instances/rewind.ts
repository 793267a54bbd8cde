import { z } from 'zod';
import { rewindInstance } from '../../../instances/operate-instance.ts';
import { procedure } from '../../base.ts';

export const rewind = procedure('instance.operate')
  .input(z.strictObject({ id: z.string(), reason: z.string().max(2_000) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => rewindInstance(installation, identity, input));
