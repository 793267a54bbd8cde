import { z } from 'zod';
import { publishWorkflow } from '../../../workflows/publish-workflow.ts';
import { storableText } from '../../../storable-text.ts';
import { versionName } from '../../../workflows/version-name.ts';
import { procedure } from '../../base.ts';
import type { PublishResult } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({
  key: z.string(),
  draftRevision: z.int().min(0),
  name: versionName.optional(),
  note: storableText.max(2_000).optional(),
  despiteScenarios: z.boolean().optional(),
});

export const publish = procedure('workflow.publish')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<PublishResult> => {
    await demandWorkflow(installation, identity, 'workflow.publish', input.key);
    return publishWorkflow(installation, {
      ...input,
      name: input.name ?? '',
      note: input.note ?? '',
      despiteScenarios: input.despiteScenarios ?? false,
      identity,
    });
  });
