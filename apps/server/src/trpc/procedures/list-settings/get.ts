import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';

export const get = procedure('signed-in')
  .input(z.strictObject({ list: z.enum(['instances']) }))
  .query(async ({ ctx: { identity, installation }, input: { list } }): Promise<Json> => {
    const found = await installation.database.prisma.listSetting.findUnique({
      where: { userId_list: { userId: actorOf(identity), list } },
    });
    return (found?.setting ?? null) as Json; // listSettings.save takes nothing else
  });
