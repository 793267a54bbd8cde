import { z } from 'zod';
import { procedure } from '../../base.ts';
import type { PreviewResult } from '../../contract/workflows.ts';
import { jsonValue } from '../../json-value.ts';

const input = z.strictObject({ source: z.string().max(100_000), data: jsonValue });

export const preview = procedure('workflow.edit')
  .input(input)
  .mutation(({ ctx: { installation }, input }): Promise<PreviewResult> => installation.preview(input.source, input.data));
