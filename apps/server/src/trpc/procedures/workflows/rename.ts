import { renameWorkflow } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({
  key: z.string(),
  title: storableText.trim().min(1, 'Enter a title.').max(200),
  description: storableText.max(2_000).optional(),
});

export const rename = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const renamed = await renameWorkflow(installation.database.prisma, { ...input, actor: actorOf(identity) });
    if (!renamed) throw unknownWorkflow(input.key);
  });
