import { listEntities } from '@perdure/database/read';
import { z } from 'zod';
import { readEntityCursor, writeEntityCursor } from '../../../entities/entity-cursor.ts';
import { entityRow } from '../../../entities/entity-words.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';
import type { EntityListResult } from '../../contract/entities.ts';
import { demandForAll } from '../../../auth/identity.ts';

const input = z.strictObject({
  name: storableText.max(64).optional(),
  keyPrefix: storableText.max(200).optional(),
  cursor: z.string().max(1_000).optional(),
  limit: z.int().min(1).max(500).optional(),
});

export const list = procedure('instance.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<EntityListResult> => {
    demandForAll(identity, 'instance.read');
    const { rows, more } = await listEntities(
      installation.database.prisma,
      { name: input.name, keyPrefix: input.keyPrefix, includeTransient: true },
      { after: input.cursor === undefined ? null : readEntityCursor(input.cursor), limit: input.limit ?? 50 },
    );
    const last = rows.at(-1);
    return {
      rows: await Promise.all(rows.map((row) => entityRow(installation, row))),
      nextCursor: more && last ? writeEntityCursor(last.id) : null,
    };
  });
