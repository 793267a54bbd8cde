import { markGuide, unskipGuide } from '@perdure/database/write';
import { z } from 'zod';
import { demandUser } from '../../../auth/demand-user.ts';
import { procedure } from '../../base.ts';

export const skip = procedure('signed-in')
  .input(z.strictObject({ skipped: z.boolean() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const { prisma } = installation.database;
    const { id } = demandUser(identity);
    await (input.skipped ? markGuide(prisma, id, 'skipped') : unskipGuide(prisma, id));
  });
