import { describeVersion as storeDescription } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { storableText } from '../../../storable-text.ts';
import { versionNumber } from '../../../stored-values.ts';
import { versionName } from '../../../workflows/version-name.ts';
import { procedure } from '../../base.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({ key: z.string(), version: versionNumber, name: versionName, note: storableText.max(2_000) });

export const describeVersion = procedure('workflow.publish')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await demandWorkflow(installation, identity, 'workflow.publish', input.key);
    const described = await storeDescription(installation.database.prisma, { ...input, actor: actorOf(identity) });
    if (!described) throw new RequestError('version.unknown', `"${input.key}" has no version ${input.version}.`);
  });
