import { z } from 'zod';
import { invite as inviteSomebody } from '../../../auth/invite.ts';
import { roleGrantsInput } from '../../../auth/role-grants.ts';
import { procedure } from '../../base.ts';
import type { InvitationLink } from '../../contract/people.ts';

const input = z.strictObject({
  email: z.string().trim().toLowerCase().max(200).pipe(z.email('Enter an e-mail address.')),
  grants: roleGrantsInput,
  groupIds: z.array(z.string().max(100)).max(100),
});

export const invite = procedure('admin')
  .input(input)
  .mutation(({ ctx: { identity, installation }, input }): Promise<InvitationLink> => inviteSomebody(installation, identity, input));
