import { z } from 'zod';
import { signalEntity } from '../../../entities/signal-entity.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';
import { demandForAll } from '../../../auth/identity.ts';

const input = z.strictObject({
  name: z.string().max(64),
  key: z.string().max(200),
  operation: z.string().min(1, 'Choose an operation.').max(64),
  input: jsonValue,
});

export const signal = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    demandForAll(identity, 'instance.operate');
    await signalEntity(installation, identity, { ...input, at: null });
  });
