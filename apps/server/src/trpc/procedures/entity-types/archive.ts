import { archiveEntityType } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { unknownEntityType } from '../../../entities/save-entity-type.ts';
import { isStorableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';

export const archive = procedure('workflow.edit')
  .input(z.strictObject({ name: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    demandForAll(identity, 'workflow.edit');
    const name = input.name.toLowerCase();
    const archived = isStorableText(name) && (await archiveEntityType(installation.database.prisma, { name, actor: actorOf(identity) }));
    if (!archived) throw unknownEntityType(input.name);
    installation.runtime.savedEntityType(name);
  });
