import { addRetentionRules } from '@perdure/database/retention';
import { findWorkflow } from '@perdure/database/read';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { finishedStatus, retentionDays, retentionReason, retentionWorkflow } from '../../../retention/retention-inputs.ts';
import { demandArchive, wrongField } from '../../../retention/retention-refusal.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({
  workflowKey: retentionWorkflow,
  statuses: z
    .array(finishedStatus)
    .min(1, 'Choose a status.')
    .max(4)
    .refine((statuses) => new Set(statuses).size === statuses.length, 'Name each status once.'),
  afterDays: retentionDays.nullable(),
  archive: z.boolean(),
  reason: retentionReason,
});

export const add = procedure('admin')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input: { statuses, reason, ...rule } }): Promise<{ ids: string[] }> => {
    demandForAll(identity, 'admin');
    const { prisma } = installation.database;
    demandArchive(installation, rule);
    if (rule.workflowKey !== null && (await findWorkflow(prisma, rule.workflowKey)) === undefined)
      throw wrongField('workflowKey', 'There is no such workflow.');
    if (rule.workflowKey === null && rule.afterDays === null)
      throw wrongField('afterDays', 'Without a rule nothing is purged: keeping for ever is for one workflow, as an exception.');
    const deed = { actor: actorOf(identity), reason };
    const saved = await addRetentionRules(
      prisma,
      statuses.map((status) => ({ ...rule, status })),
      deed,
    );
    if (!saved.ok) throw wrongField('statuses', `There is a rule for this and ${saved.taken} already: change that one.`);
    installation.retention.nudge();
    return { ids: saved.ids };
  });
