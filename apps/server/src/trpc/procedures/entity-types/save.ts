import { entityNamePattern, entityNameRule } from '@perdure/graph';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { saveEntityType } from '../../../entities/save-entity-type.ts';
import { storableText } from '../../../storable-text.ts';
import { versionNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { SaveEntityTypeResult } from '../../contract/entities.ts';
import { jsonValue } from '../../json-value.ts';

const input = z.strictObject({
  name: z.string().regex(entityNamePattern, entityNameRule),
  baseVersion: versionNumber.nullable(),
  title: storableText.trim().min(1, 'Enter a title.').max(200),
  description: storableText.max(2_000).optional(),
  document: jsonValue,
});

export const save = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<SaveEntityTypeResult> => {
    demandForAll(identity, 'workflow.edit');
    return saveEntityType(installation, { ...input, description: input.description ?? '', actor: actorOf(identity) });
  });
