import { renameWorkflow } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf, demandFolder } from '../../../auth/identity.ts';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';
import { folderPath } from '../../../auth/folder.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({
  key: z.string(),
  title: storableText.trim().min(1, 'Enter a title.').max(200),
  description: storableText.max(2_000).optional(),
  folder: folderPath.optional(),
});

export const rename = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await demandWorkflow(installation, identity, 'workflow.edit', input.key);
    // Whoever moves it must be allowed to have put it there.
    if (input.folder !== undefined) demandFolder(identity, 'workflow.edit', input.folder);
    const renamed = await renameWorkflow(installation.database.prisma, { ...input, actor: actorOf(identity) });
    if (!renamed) throw unknownWorkflow(input.key);
  });
