import type { Problem } from '@perdure/graph';
import { z } from 'zod';
import { checkDocument } from '../../../workflows/check-document.ts';
import { readDocument } from '../../../workflows/read-document.ts';
import { procedure } from '../../base.ts';

export const check = procedure('workflow.read')
  .input(z.strictObject({ document: z.unknown() }))
  .mutation(({ input }): Problem[] => checkDocument(readDocument(input.document)));
