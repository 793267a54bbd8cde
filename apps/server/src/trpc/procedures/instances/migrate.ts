import { z } from 'zod';
import { migrateInstance } from '../../../instances/migrate-instance.ts';
import { migrationTarget } from '../../../instances/operation-inputs.ts';
import { procedure } from '../../base.ts';

export const migrate = procedure('instance.operate')
  .input(migrationTarget.extend({ reason: z.string().max(2_000) }))
  .mutation(({ ctx: { identity, installation }, input }): Promise<void> => migrateInstance(installation, identity, input));
