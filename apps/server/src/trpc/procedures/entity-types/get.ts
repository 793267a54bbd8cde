import { findEntityType } from '@perdure/database/read';
import { z } from 'zod';
import { entityTypeSummary } from '../../../entities/entity-type-summary.ts';
import { unknownEntityType } from '../../../entities/save-entity-type.ts';
import { isStorableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';
import type { EntityTypeDetail } from '../../contract/entities.ts';

export const get = procedure('workflow.read')
  .input(z.strictObject({ name: z.string() }))
  .query(async ({ ctx: { installation }, input }): Promise<EntityTypeDetail> => {
    const type = isStorableText(input.name) ? await findEntityType(installation.database.prisma, input.name) : undefined;
    if (!type) throw unknownEntityType(input.name);
    return entityTypeSummary(type);
  });
