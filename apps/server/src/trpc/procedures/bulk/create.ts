import { z } from 'zod';
import { bulkRequest } from '../../../bulk/bulk-request.ts';
import { createBulk } from '../../../bulk/create-bulk-job.ts';
import { instanceFilterInput } from '../../../instances/instance-filter.ts';
import { countingNumber, momentText } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';

export const create = procedure('instance.operate')
  .input(
    z.strictObject({
      request: bulkRequest,
      filter: instanceFilterInput,
      reason: z.string().max(2_000),
      asOf: momentText,
      expected: countingNumber,
    }),
  )
  .mutation(({ ctx: { identity, installation }, input: { asOf, ...asked } }): Promise<{ id: string }> =>
    createBulk(installation, identity, { ...asked, asOf: new Date(asOf) }),
  );
