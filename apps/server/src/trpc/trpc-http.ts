/** tRPC over HTTP, single and batched. Sessions only: keys are for the HTTP API. */
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Installation } from '../installation.ts';
import { bodyLimits } from '../http/route.ts';
import type { Context } from './base.ts';
import { appRouter } from './router.ts';

const prefix = '/trpc/';
const maxBatch = 50;

/** Permissions are checked per procedure, so the address itself is open. */
export function addTrpcOverHttp(
  app: FastifyInstance,
  installation: Installation,
  findCaller: (request: FastifyRequest, reply: FastifyReply) => Promise<Context['identity']>,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: `${prefix}*`,
    bodyLimit: bodyLimits.payloads,
    config: { access: 'public' },
    handler: async (request, reply) => {
      // The body has been read strictly; tRPC parses it once more from text.
      if (request.body !== undefined) request.body = JSON.stringify(request.body);
      const identity = await findCaller(request, reply);
      await fastifyRequestHandler({
        router: appRouter,
        req: request,
        res: reply,
        path: proceduresOf(request),
        maxBatchSize: maxBatch,
        createContext: (): Context => ({
          identity,
          installation,
          requestId: request.id,
          address: request.ip,
          drained: () => Promise.resolve(),
        }),
        onError: ({ error, path }) => {
          if (error.code === 'INTERNAL_SERVER_ERROR') request.log.error({ err: error.cause ?? error, path }, 'A procedure failed.');
        },
      });
    },
  });
}

export function proceduresOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? '';
  return decodeURIComponent(path.slice(prefix.length));
}

/** The largest body any of the called procedures takes. */
export function trpcBodyLimit(request: FastifyRequest): number {
  return Math.max(
    ...proceduresOf(request)
      .split(',')
      .map((name) => proceduresWithLargeBodies.get(name) ?? bodyLimits.other),
  );
}

const proceduresWithLargeBodies: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'workflows.create': bodyLimits.definitions,
    'workflows.saveDraft': bodyLimits.definitions,
    'workflows.check': bodyLimits.definitions,
    'expressions.preview': bodyLimits.payloads,
    'instances.start': bodyLimits.payloads,
    'instances.raiseEvent': bodyLimits.payloads,
    'instances.restart': bodyLimits.payloads,
    'instances.setVariables': bodyLimits.payloads,
    'instances.skipStep': bodyLimits.payloads,
    'workflows.runDraft': bodyLimits.payloads,
    'entities.signal': bodyLimits.payloads,
    'tasks.saveDraft': bodyLimits.payloads,
    'tasks.decide': bodyLimits.payloads,
  }),
);
