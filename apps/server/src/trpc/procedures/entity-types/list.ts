import { listEntityTypes } from '@perdure/database/read';
import { entityTypeSummary } from '../../../entities/entity-type-summary.ts';
import { procedure } from '../../base.ts';
import type { EntityTypeSummary } from '../../contract/entities.ts';

export const list = procedure('workflow.read').query(async ({ ctx: { installation } }): Promise<EntityTypeSummary[]> => {
  const types = await listEntityTypes(installation.database.prisma);
  return types.map((type) => ({ ...entityTypeSummary(type), entities: type.entities }));
});
