import { z } from 'zod';
import { bulkRequest } from '../../../bulk/bulk-request.ts';
import { previewBulk } from '../../../bulk/create-bulk-job.ts';
import { instanceFilterInput } from '../../../instances/instance-filter.ts';
import { procedure } from '../../base.ts';
import type { BulkPreview } from '../../contract/bulk.ts';

export const preview = procedure('instance.operate')
  .input(z.strictObject({ request: bulkRequest, filter: instanceFilterInput }))
  .query(({ ctx: { identity, installation }, input }): Promise<BulkPreview> => previewBulk(installation, identity, input));
