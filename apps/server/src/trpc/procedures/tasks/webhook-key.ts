import { authSecret, taskWebhookGeneration } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { shownWebhookKey } from '../../../outbox/webhook-keys.ts';
import { taskSigning } from '../../../tasks/task-notices.ts';
import { unknownWorkflow } from '../../../workflows/unknown-workflow.ts';
import { workflowKey } from '../../../workflows/workflow-key.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({ workflowKey, renew: z.boolean() });

/** Shows the key the webhooks of the workflow's tasks are signed with; with `renew`, another one from now on. That somebody saw it is recorded. */
export const webhookKey = procedure('admin')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ key: string }> => {
    demandForAll(identity, 'admin');
    const { prisma } = installation.database;
    const generation = await taskWebhookGeneration(prisma, { key: input.workflowKey, renew: input.renew, actor: actorOf(identity) });
    if (generation === undefined) throw unknownWorkflow(input.workflowKey);
    return { key: shownWebhookKey(await authSecret(prisma), taskSigning(input.workflowKey, generation)) };
  });
