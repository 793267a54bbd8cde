import { countInstances } from '@perdure/database/read';
import { finishedOnly } from '../../../instances/finished-filter.ts';
import { instanceFilter, instanceFilterInput } from '../../../instances/instance-filter.ts';
import { procedure } from '../../base.ts';
import type { ExportCount } from '../../contract/instances.ts';

/** How many an export of the filter would have, exactly, and why there may be none just now. */
export const countFinished = procedure('instance.read')
  .input(instanceFilterInput)
  .query(async ({ ctx: { identity, installation }, input }): Promise<ExportCount> => {
    const filter = await instanceFilter(installation, identity, 'instance.read', finishedOnly(input));
    const { value } = await countInstances(installation.database.prisma, filter, 2_000_000_000);
    return { value, refusal: installation.exports.refusal(identity) };
  });
