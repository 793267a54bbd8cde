import { archiveWorkflow } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { procedure } from '../../base.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

export const archive = procedure('workflow.edit')
  .input(z.strictObject({ key: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await demandWorkflow(installation, identity, 'workflow.edit', input.key);
    const archived = await archiveWorkflow(installation.database.prisma, { key: input.key, actor: actorOf(identity) });
    if (!archived) throw unknownWorkflow(input.key);
    installation.runtime.publishedVersion(input.key);
  });
