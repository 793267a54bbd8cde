import { deleteAlertRule } from '@perdure/database/write';
import { z } from 'zod';
import { unknownAlert } from '../../../alerts/unknown-alert.ts';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';

export const remove = procedure('admin')
  .input(z.strictObject({ id: z.string().max(64) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    demandForAll(identity, 'admin');
    if (!(await deleteAlertRule(installation.database.prisma, input.id, actorOf(identity)))) throw unknownAlert();
  });
