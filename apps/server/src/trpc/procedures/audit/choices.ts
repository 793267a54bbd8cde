import { auditChoices } from '@perdure/database/read';
import { demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { AuditChoices } from '../../contract/audit.ts';

export const choices = procedure('audit.read').query(async ({ ctx: { identity, installation } }): Promise<AuditChoices> => {
  demandForAll(identity, 'audit.read');
  return auditChoices(installation.database.prisma);
});
