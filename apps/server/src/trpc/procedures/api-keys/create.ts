import { storeApiKey } from '@perdure/database/write';
import { z } from 'zod';
import { newApiKey } from '../../../auth/api-key-book.ts';
import { folderPath } from '../../../auth/folder.ts';
import { actorOf, adminKey, withinFolder } from '../../../auth/identity.ts';
import { allPermissions } from '../../../auth/permissions.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { storableText } from '../../../storable-text.ts';
import { isStorableMoment } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({
  name: storableText
    .trim()
    .min(1, 'Enter a name.')
    .max(60)
    .refine((name) => name.toLowerCase() !== adminKey.name, 'This is the name of the key of the configuration.'),
  permissions: z.array(z.enum(allPermissions)).min(1, 'Choose what the key may do.'),
  folder: folderPath,
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((moment) => isStorableMoment(moment) && moment.getTime() > Date.now(), 'Choose a moment to come.')
    .nullable(),
});

export const create = procedure('admin')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ key: string }> => {
    const { name, folder, expiresAt } = input;
    const permissions = withinFolder(input.permissions, folder);
    if (permissions.length === 0) {
      throw new RequestError('input.invalid', 'What this key is to do cannot be limited to a folder.', {
        details: [{ field: 'permissions', message: 'Only for all workflows.' }],
      });
    }
    const { key, prefix, hash } = newApiKey();
    const stored = await storeApiKey(installation.database.prisma, {
      name,
      prefix,
      hash,
      permissions,
      folder,
      expiresAt,
      actor: actorOf(identity),
    });
    if (!stored)
      throw new RequestError(
        'api-key.exists',
        `There is, or was, a key named "${name}". Choose another name, so that the audit log tells them apart.`,
      );
    // A key that was tried before it was made is remembered as wrong.
    installation.apiKeys.changed();
    return { key };
  });
