import { findVersion } from '@perdure/database/read';
import { z } from 'zod';
import { RequestError } from '../../../errors/request-error.ts';
import { versionNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { VersionDetail } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

export const version = procedure('workflow.read')
  .input(z.strictObject({ key: z.string(), version: versionNumber }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<VersionDetail> => {
    await demandWorkflow(installation, identity, 'workflow.read', input.key);
    const found = await findVersion(installation.database.prisma, input.key, input.version);
    if (!found) throw new RequestError('version.unknown', `"${input.key}" has no version ${input.version}.`);
    return { ...found, publishedAt: found.publishedAt.toISOString() };
  });
