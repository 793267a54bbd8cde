import { countInstances } from '@perdure/database/read';
import { countMany } from '../../../instances/count-many.ts';
import { instanceFilter, instanceFilterInput } from '../../../instances/instance-filter.ts';
import { procedure } from '../../base.ts';
import type { CappedCount } from '../../contract/instances.ts';

export const count = procedure('instance.read')
  .input(instanceFilterInput)
  .query(async ({ ctx: { identity, installation }, input }): Promise<CappedCount> => {
    const filter = await instanceFilter(installation, identity, 'instance.read', input);
    return countMany(installation.database, filter, () => countInstances(installation.database.prisma, filter));
  });
