import { previewRetention, sampleRetention } from '@perdure/database/retention';
import { z } from 'zod';
import { demandForAll } from '../../../auth/identity.ts';
import { finishedStatus, retentionDays, retentionWorkflow } from '../../../retention/retention-inputs.ts';
import { procedure } from '../../base.ts';
import type { RetentionPreviewResult } from '../../contract/retention.ts';

const sampled = 5;

export const preview = procedure('admin')
  .input(z.strictObject({ workflowKey: retentionWorkflow, status: finishedStatus, afterDays: retentionDays }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<RetentionPreviewResult> => {
    demandForAll(identity, 'admin');
    const { prisma } = installation.database;
    const [{ due, held, unreadable, oldest }, sample] = await Promise.all([
      previewRetention(prisma, input),
      sampleRetention(prisma, input, sampled),
    ]);
    return {
      due,
      held,
      unreadable,
      oldest: oldest?.toISOString() ?? null,
      sample: sample.map(({ completedAt, ...one }) => ({ ...one, completedAt: completedAt.toISOString() })),
    };
  });
