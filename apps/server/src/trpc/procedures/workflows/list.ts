import { listWorkflows } from '@perdure/database/read';
import { z } from 'zod';
import { procedure } from '../../base.ts';
import type { WorkflowSummary } from '../../contract/workflows.ts';
import { reachOf } from '../../../auth/reach.ts';

const input = z.strictObject({ text: z.string().max(200).optional() }).optional();

export const list = procedure('workflow.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<WorkflowSummary[]> => {
    const keys = await reachOf(installation, identity, 'workflow.read');
    const workflows = await listWorkflows(installation.database.prisma, { text: input?.text, keys });
    return workflows.map((workflow) => ({
      key: workflow.key,
      title: workflow.title,
      description: workflow.description,
      folder: workflow.folder,
      sample: workflow.sample,
      latestVersion: workflow.latestVersion,
      hasUnpublishedChanges: workflow.hasUnpublishedChanges,
      draftSavedAt: workflow.draftSavedAt.toISOString(),
      draftSavedBy: workflow.draftSavedBy,
      liveInstances: workflow.liveInstances,
      lastStartedAt: workflow.lastStartedAt?.toISOString() ?? null,
    }));
  });
