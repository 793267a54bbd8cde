import { findWorkflow } from '@perdure/database/read';
import { z } from 'zod';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { procedure } from '../../base.ts';
import type { WorkflowDetail } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

export const get = procedure('workflow.read')
  .input(z.strictObject({ key: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<WorkflowDetail> => {
    await demandWorkflow(installation, identity, 'workflow.read', input.key);
    const workflow = await findWorkflow(installation.database.prisma, input.key);
    if (!workflow) throw unknownWorkflow(input.key);
    return { ...workflow, draftSavedAt: workflow.draftSavedAt.toISOString() };
  });
