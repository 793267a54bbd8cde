import { saveGroup } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { peopleRefusal } from '../../../auth/people-refusal.ts';
import { roles } from '../../../auth/permissions.ts';
import { roleGrantsInput } from '../../../auth/role-grants.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({
  id: z.string().max(100).nullable(),
  /** Candidates of tasks name groups, people and roles alike, so a group is named like none of those. */
  name: storableText
    .trim()
    .min(1, 'Enter a name.')
    .max(60)
    .refine((name) => !name.includes('@'), 'A name with "@" would read like an e-mail address.')
    .refine((name) => !roles.some((role) => role === name.toLowerCase()), 'This is the name of a role.'),
  description: storableText.max(500),
  grants: roleGrantsInput,
  memberIds: z.array(z.string().max(100)).max(5_000),
});

export const save = procedure('admin')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ id: string }> => {
    const saved = await saveGroup(installation.database.prisma, { ...input, actor: actorOf(identity) });
    if (!saved.ok) throw peopleRefusal(saved.code);
    installation.grants.changed(null);
    return { id: saved.id };
  });
