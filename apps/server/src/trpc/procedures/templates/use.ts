import { z } from 'zod';
import { storableText } from '../../../storable-text.ts';
import { useTemplate } from '../../../templates/use-template.ts';
import { workflowKey } from '../../../workflows/workflow-key.ts';
import { procedure } from '../../base.ts';
import type { UsedTemplate } from '../../contract/templates.ts';
import { folderPath } from '../../../auth/folder.ts';

const input = z.strictObject({
  template: z.string(),
  title: storableText.trim().min(1, 'Enter a title.').max(200),
  key: workflowKey.optional(),
  folder: folderPath.optional(),
  /** Whether they fit is told by the template. */
  values: z.record(z.string(), z.union([storableText, z.number(), z.array(storableText).max(200)])),
});

export const use = procedure('workflow.edit')
  .input(input)
  .mutation(({ ctx: { identity, installation }, input }): Promise<UsedTemplate> => useTemplate(installation, identity, input));
