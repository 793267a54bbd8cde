import { personName } from '@perdure/database/read';
import { saveDraft as storeDraft } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { readDocument } from '../../../workflows/read-document.ts';
import { procedure } from '../../base.ts';
import type { SaveDraftResult } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({ key: z.string(), baseRevision: z.int().min(0), document: z.unknown(), force: z.boolean().optional() });

export const saveDraft = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<SaveDraftResult> => {
    await demandWorkflow(installation, identity, 'workflow.edit', input.key);
    const { prisma } = installation.database;
    const document = readDocument(input.document);
    const saved = await storeDraft(prisma, {
      key: input.key,
      baseRevision: input.baseRevision,
      document,
      force: input.force ?? false,
      actor: actorOf(identity),
    });
    if (saved.ok) return { ok: true, draftRevision: saved.draftRevision, savedAt: saved.savedAt.toISOString() };
    if (saved.code === 'workflow.unknown') throw unknownWorkflow(input.key);
    return { ...saved, savedAt: saved.savedAt.toISOString(), savedBy: await personName(prisma, saved.savedBy) };
  });
