import type { ServerResponse } from 'node:http';
import { isFinal } from '@perdure/engine';
import { findInstance, readBoundaryValues } from '@perdure/database/read';
import { z } from 'zod';
import { RequestError } from '../../errors/request-error.ts';
import { withPayloads } from '../../instances/payloads.ts';
import { demandStart } from '../../instances/demand-start.ts';
import { startRecorded } from '../../instances/start-recorded.ts';
import { waitUntilFinished } from '../../instances/wait-until-finished.ts';
import { jsonValue } from '../../trpc/json-value.ts';
import { bodyLimits, identityOf, type Routes } from '../route.ts';
import { sendStatus } from './get-status.ts';
import { durableFunctionsRoot, sendAccepted } from './management-links.ts';
import { commonQuery, flag, seconds } from './query-values.ts';
import { maskOfInstance } from '../../sensitive/mask-of-instance.ts';

const query = z.strictObject({
  ...commonQuery,
  /** Seconds to wait for the end before answering. */
  timeout: seconds.optional(),
  /** Accepted and not needed: the end is noticed at once, not by polling. */
  pollingInterval: seconds.optional(),
  retryInterval: seconds.optional(),
  returnInternalServerErrorOnFailure: flag.optional(),
  /** Perdure's: a version other than the latest. */
  version: z
    .string()
    .regex(/^\d{1,9}$/, 'Use a version number.')
    .transform(Number)
    .optional(),
});

const longestWaitSeconds = 230;

export function addStart(routes: Routes): void {
  for (const url of [
    `${durableFunctionsRoot}/orchestrators/:workflowKey`,
    `${durableFunctionsRoot}/orchestrators/:workflowKey/:instanceId`,
  ]) {
    routes.add({
      method: 'POST',
      url,
      access: 'instance.start',
      bodyLimit: bodyLimits.payloads,
      docs: {
        summary: 'Start an instance; the body is its input (no body: an empty object)',
        answers: {
          200: 'With timeout: it completed in time; the body is its output.',
          202: 'Started. Location and the body say where to ask for its status.',
          400: 'Unknown workflow, an instance id that cannot be one, or an input that does not fit.',
          409: 'An instance with this id is live. Finished ones are replaced.',
        },
      },
      params: z.object({ workflowKey: z.string(), instanceId: z.string().optional() }),
      query,
      body: jsonValue.optional(),
      handler: async ({ installation, request, reply, params, query, body, identity }) => {
        const caller = identityOf(identity);
        const refused = (thrown: unknown): never => {
          throw asDocumented(thrown);
        };
        await demandStart(installation, caller, params).catch(refused);
        const { id } = await startRecorded(installation, caller, {
          workflowKey: params.workflowKey,
          instanceId: params.instanceId,
          version: query.version,
          input: body ?? {},
          replace: ['Completed', 'Failed', 'Terminated', 'Canceled'],
        }).catch(refused);
        if (query.timeout !== undefined && query.timeout > 0) {
          const finished = await waitUntilFinished(
            installation,
            id,
            Math.min(query.timeout, longestWaitSeconds) * 1000,
            closedSignal(reply.raw),
          );
          if (finished) return sendResult(id);
        }
        return sendAccepted(request, reply, id);

        async function sendResult(id: string): Promise<unknown> {
          const { prisma } = installation.database;
          const record = await findInstance(prisma, id);
          if (!record || !isFinal(record.storedStatus) || record.storedStatus !== 'Completed') {
            return sendStatus(installation, caller, request, reply, id, {
              returnInternalServerErrorOnFailure: query.returnInternalServerErrorOnFailure,
            });
          }
          const mask = await maskOfInstance(installation, caller, id);
          const output = (await readBoundaryValues(prisma, [id])).get(id)?.output ?? null;
          // Serialised here, because a text as such would be sent without quotes.
          return reply
            .code(200)
            .type('application/json; charset=utf-8')
            .send(JSON.stringify(mask(await withPayloads(output, installation.runtime.payloads))));
        }
      },
    });
  }
}

/** Durable Functions documents 400 for an orchestrator that does not exist. */
function asDocumented(thrown: unknown): unknown {
  if (!(thrown instanceof RequestError) || !['workflow.unknown', 'version.unknown', 'workflow.unpublished'].includes(thrown.code))
    return thrown;
  return new RequestError(thrown.code, thrown.message, {
    status: 400,
    ...(thrown.details === undefined ? {} : { details: thrown.details }),
  });
}

function closedSignal(answer: ServerResponse): AbortSignal {
  const controller = new AbortController();
  answer.once('close', () => controller.abort());
  return controller.signal;
}
