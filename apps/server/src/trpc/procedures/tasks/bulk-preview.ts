import { z } from 'zod';
import { previewBulk } from '../../../tasks/bulk-tasks.ts';
import { procedure } from '../../base.ts';
import type { BulkTaskPreview } from '../../contract/tasks.ts';

export const bulkPreview = procedure('task.decide')
  .input(z.strictObject({ ids: z.array(z.string()).min(1).max(200) }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<BulkTaskPreview> => previewBulk(installation, identity, input.ids));
