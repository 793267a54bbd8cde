import { countBulk, createBulkJob, databaseTime, freezeBulk, sampleBulk } from '@perdure/database/bulk';
import { appendAudit } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { actorOf, demand, type Identity } from '../auth/identity.ts';
import { demandWorkflow, reachOf } from '../auth/reach.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { instanceFilter, type instanceFilterInput } from '../instances/instance-filter.ts';
import { instanceRow } from '../instances/instance-words.ts';
import { masksOfInstances } from '../sensitive/mask-of-instance.ts';
import { isStorableText, notStorable } from '../storable-text.ts';
import type { BulkPreview, BulkRequest } from '../trpc/contract/bulk.ts';
import { aimOf, needsReason, permissionFor } from './bulk-request.ts';
import { leftOutWords } from './refusal-words.ts';

/** A job of more would take longer to freeze than a request may. */
const mostItems = 200_000;
const sampled = 10;

export interface BulkAsked {
  request: BulkRequest;
  filter: z.infer<typeof instanceFilterInput>;
}

export async function previewBulk(installation: Installation, identity: Identity, asked: BulkAsked): Promise<BulkPreview> {
  const { prisma } = installation.database;
  const question = await questionOf(installation, identity, asked, await databaseTime(prisma));
  const [{ eligible, refused }, sample] = await Promise.all([countBulk(prisma, question), sampleBulk(prisma, question, sampled)]);
  const maskOf = await masksOfInstances(installation, identity, sample);
  return {
    asOf: question.asOf.toISOString(),
    eligible,
    refused: refused.map(({ code, count }) => ({ code, message: leftOutWords(code, asked.request.action), count })),
    // A row tells what a step failed with, in whose words a value may be.
    sample: sample.map((record) => maskOf(record.id)(instanceRow(record))),
    most: mostItems,
  };
}

/**
 * Freezes what the action reaches, under the reach of whoever asks, in one transaction with the job and its audit entry. It never reaches more
 * than was previewed: what was started since is left out, and when more match all the same, nothing is done and the person is told.
 */
export async function createBulk(
  installation: Installation,
  identity: Identity,
  { request, filter, reason, asOf, expected }: BulkAsked & { reason: string; asOf: Date; expected: number },
): Promise<{ id: string }> {
  const { action, ...rest } = request;
  const why = reason.trim();
  const fault = !isStorableText(why) ? notStorable : needsReason(action) && why === '' ? 'Give a reason: this cannot be undone.' : null;
  if (fault !== null) throw new RequestError('input.invalid', fault, { details: [{ field: 'reason', message: fault }] });
  const question = await questionOf(installation, identity, { request, filter }, asOf);
  const id = randomUUID();
  const requestedBy = actorOf(identity);
  const job = { id, action, arguments: rest as Json, selection: filter as Json, reason: why, requestedBy };
  await installation.database.prisma.$transaction(
    async (tx) => {
      const total = await freezeBulk(tx, id, question, mostItems + 1);
      if (total === 0) throw new RequestError('bulk.empty', 'Nothing matches that this could be done to.');
      if (total > mostItems)
        throw new RequestError('bulk.too-many', `A job may have at most ${mostItems.toLocaleString('en')} instances. Narrow the filter.`);
      if (total > expected)
        throw new RequestError(
          'bulk.changed',
          `By now it would reach ${total.toLocaleString('en')} instances. Look at the preview again.`,
          {
            details: { eligible: total },
          },
        );
      await createBulkJob(tx, { ...job, total });
      await appendAudit(tx, {
        actor: requestedBy,
        action: 'bulk.create',
        target: `bulk:${id}`,
        detail: { request: { ...request }, filter, total } as Json,
        reason: why,
      });
    },
    { timeout: 30_000, maxWait: 10_000 },
  );
  installation.bulk.nudge();
  return { id };
}

/** About all that the list shows for the filter, of which only what the permission covers is reached. */
async function questionOf(installation: Installation, identity: Identity, { request, filter }: BulkAsked, asOf: Date) {
  const permission = permissionFor(request.action);
  demand(identity, permission);
  if (request.action === 'migrate') await demandWorkflow(installation, identity, permission, request.workflowKey);
  return {
    action: request.action,
    aim: aimOf(request),
    filter: await instanceFilter(installation, identity, 'instance.read', filter),
    asOf,
    within: await reachOf(installation, identity, permission),
  };
}
