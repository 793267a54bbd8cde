import type { Problem } from '@perdure/graph';
import { z } from 'zod';
import { readEntityType } from '../../../entities/read-entity-type.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';

export const check = procedure('workflow.read')
  .input(z.strictObject({ document: jsonValue }))
  .mutation(({ input }): Problem[] => readEntityType(input.document).problems);
