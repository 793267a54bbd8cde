import { z } from 'zod';
import { withdrawInvitation as withdraw } from '../../../auth/invite.ts';
import { procedure } from '../../base.ts';

export const withdrawInvitation = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(({ ctx: { identity, installation }, input }): Promise<void> => withdraw(installation, identity, input.id));
