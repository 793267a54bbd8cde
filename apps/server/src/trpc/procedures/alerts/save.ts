import { readWorkflowNames } from '@perdure/database/read';
import { findAlertWorkflow, saveAlertRule } from '@perdure/database/write';
import { z } from 'zod';
import { alertKinds } from '../../../alerts/measure.ts';
import { unknownAlert } from '../../../alerts/unknown-alert.ts';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { storableText } from '../../../storable-text.ts';
import { RequestError } from '../../../errors/request-error.ts';
import type { Installation } from '../../../installation.ts';
import { noSuchWorkflow } from '../../../workflows/no-such-workflow.ts';
import { procedure } from '../../base.ts';

const day = 86_400;
const seconds = (most: number) => z.int().min(0).max(most);
const input = z
  .strictObject({
    id: z.string().max(64).optional(),
    name: storableText.trim().min(1, 'Give the rule a name.').max(100),
    kind: z.enum(alertKinds),
    workflowKey: z.string().max(64).nullable(),
    threshold: z.number().positive('Use a number above 0.').max(1_000_000),
    minimum: z.int().min(1).max(1_000_000),
    windowSeconds: seconds(30 * day),
    cooldownSeconds: seconds(7 * day),
    remindEverySeconds: z
      .int()
      .min(60, 'At least a minute.')
      .max(7 * day)
      .nullable(),
    tellResolved: z.boolean(),
    emails: z.array(z.email('This is not an e-mail address.').max(254)).max(20),
    webhookUrl: z
      .url({ protocol: /^https?$/, message: 'Give an address that starts with https:// or http://.' })
      .max(2_000)
      .refine((text) => URL.canParse(text) && new URL(text).username === '', 'Leave out the user name and password.')
      .nullable(),
    enabled: z.boolean(),
  })
  .superRefine((rule, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (rule.kind === 'failure-rate' && rule.threshold > 100) wrong('threshold', 'A share is at most 100 %.');
    if (rule.kind === 'failure-rate' && (rule.windowSeconds < 60 || rule.windowSeconds > day))
      wrong('windowSeconds', 'From a minute to a day.');
    if (rule.kind === 'queue-lag' && rule.workflowKey !== null) wrong('workflowKey', 'The queue is that of all workflows.');
    if (rule.emails.length === 0 && rule.webhookUrl === null) wrong('emails', 'Give an address or a webhook: somebody has to be told.');
  });

export const save = procedure('admin')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input: { id, ...fields } }): Promise<{ id: string }> => {
    demandForAll(identity, 'admin');
    await demandKnownWorkflow(installation, id ?? null, fields);
    const saved = await saveAlertRule(installation.database.prisma, id ?? null, fields, actorOf(identity));
    if (saved === undefined) throw unknownAlert();
    return { id: saved };
  });

/** A rule that was about a workflow that is archived or gone since can be changed, or turned off; no other one can be made about it. */
async function demandKnownWorkflow(
  { database: { prisma } }: Installation,
  id: string | null,
  { workflowKey, enabled }: Pick<z.infer<typeof input>, 'workflowKey' | 'enabled'>,
): Promise<void> {
  if (workflowKey === null) return;
  const workflows = await readWorkflowNames(prisma);
  const found = workflows.find(({ key }) => key === workflowKey);
  if (found?.archivedAt === null) return;
  const wasAboutIt = id !== null && (await findAlertWorkflow(prisma, id)) === workflowKey;
  if (wasAboutIt && (found !== undefined || !enabled)) return;
  const live = workflows.flatMap(({ key, archivedAt }) => (archivedAt === null ? [key] : []));
  const message = found === undefined ? noSuchWorkflow(workflowKey, live) : `The workflow “${workflowKey}” is archived.`;
  throw new RequestError('input.invalid', message, { details: [{ field: 'workflowKey', message }] });
}
