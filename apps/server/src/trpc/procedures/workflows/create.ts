import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { createNamedWorkflow } from '../../../workflows/create-workflow.ts';
import { emptyDocument } from '../../../workflows/empty-document.ts';
import { readDocument } from '../../../workflows/read-document.ts';
import { workflowKey } from '../../../workflows/workflow-key.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';
import { folderPath } from '../../../auth/folder.ts';
import { folderForNew } from '../../../workflows/folder-for-new.ts';

const input = z.strictObject({
  title: storableText.trim().min(1, 'Enter a title.').max(200),
  key: workflowKey.optional(),
  description: storableText.max(2_000).optional(),
  folder: folderPath.optional(),
  document: z.unknown().optional(),
});

export const create = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ key: string }> => {
    const document = input.document === undefined ? emptyDocument() : readDocument(input.document);
    const folder = folderForNew(identity, input.folder);
    const { key, title, description = '' } = input;
    return createNamedWorkflow(installation, { key, title, description, folder, document, actor: actorOf(identity) });
  });
