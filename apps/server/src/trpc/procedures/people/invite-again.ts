import { z } from 'zod';
import { inviteAgain as renew } from '../../../auth/invite.ts';
import { procedure } from '../../base.ts';
import type { InvitationLink } from '../../contract/people.ts';

export const inviteAgain = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(({ ctx: { identity, installation }, input }): Promise<InvitationLink> => renew(installation, identity, input.id));
