import { listWorkflows } from '@perdure/database/read';
import { z } from 'zod';
import { procedure } from '../../base.ts';
import type { WorkflowSummary } from '../../contract.ts';

const input = z.strictObject({ text: z.string().max(200).optional() }).optional();

export const list = procedure('workflow.read')
  .input(input)
  .query(async ({ ctx: { installation }, input }): Promise<WorkflowSummary[]> => {
    const workflows = await listWorkflows(installation.database.prisma, input?.text);
    return workflows.map(({ draftRevision: _, draftSavedAt, lastStartedAt, ...rest }) => ({
      ...rest,
      draftSavedAt: draftSavedAt.toISOString(),
      lastStartedAt: lastStartedAt?.toISOString() ?? null,
    }));
  });
