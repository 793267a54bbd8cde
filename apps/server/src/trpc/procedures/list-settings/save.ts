import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';

/** Columns in their order, and how close the rows stand. No deed to be audited: it changes what its owner sees, and nothing else. */
const setting = z.strictObject({
  columns: z.array(z.string().max(40)).max(20),
  density: z.enum(['comfortable', 'compact']),
});

export const save = procedure('signed-in')
  .input(z.strictObject({ list: z.enum(['instances']), setting }))
  .mutation(async ({ ctx: { identity, installation }, input: { list, setting } }): Promise<void> => {
    const key = { userId: actorOf(identity), list };
    await installation.database.prisma.listSetting.upsert({
      where: { userId_list: key },
      create: { ...key, setting },
      update: { setting },
    });
  });
