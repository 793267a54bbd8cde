import type { Problem } from '@perdure/graph';
import { z } from 'zod';
import { readDocument } from '../../../workflows/read-document.ts';
import { procedure } from '../../base.ts';

export const check = procedure('workflow.read')
  .input(z.strictObject({ document: z.unknown() }))
  .mutation(({ ctx: { installation }, input }): Promise<Problem[]> => installation.checkDocument(readDocument(input.document)));
