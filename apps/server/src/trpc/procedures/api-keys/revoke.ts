import { revokeApiKey } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';

export const revoke = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const revoked = await revokeApiKey(installation.database.prisma, { id: input.id, actor: actorOf(identity) });
    if (!revoked) throw new RequestError('api-key.unknown', 'There is no such key, or it was revoked already.');
    installation.apiKeys.changed();
  });
