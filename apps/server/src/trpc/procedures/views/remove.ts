import { appendAudit } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';

export const remove = procedure('instance.read')
  .input(z.strictObject({ id: z.uuid() }))
  .mutation(async ({ ctx: { identity, installation }, input: { id } }): Promise<void> => {
    const ownerId = actorOf(identity);
    await installation.database.prisma.$transaction(async (tx) => {
      const { count } = await tx.savedView.deleteMany({ where: { id, ownerId } });
      if (count === 0) throw new RequestError('view.unknown', 'There is no such view of yours.');
      await appendAudit(tx, { actor: ownerId, action: 'view.remove', target: `view:${id}` });
    });
  });
