import { planMigration } from '../../../instances/migrate-instance.ts';
import { migrationTarget } from '../../../instances/operation-inputs.ts';
import { procedure } from '../../base.ts';
import type { MigrationPlan } from '../../contract/instances.ts';

export const migrationPlan = procedure('instance.operate')
  .input(migrationTarget)
  .query(({ ctx: { identity, installation }, input }): Promise<MigrationPlan> => planMigration(installation, identity, input));
