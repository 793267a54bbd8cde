/** The procedure builder. There is no way to make a procedure without naming its access: the bare builder is not exported. */
import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import type { Json } from '@perdure/graph';
import { withAuditRequest } from '@perdure/database/write';
import { ZodError } from 'zod';
import { checkRecorded } from '../audit/recorded-mutations.ts';
import { demand, type Identity } from '../auth/identity.ts';
import type { Access } from '../auth/permissions.ts';
import { databaseFault } from '../errors/database-fault.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { AppErrorShape } from './router-type.ts';
import type { PerdureError } from './contract/errors.ts';

export interface Context {
  identity: Identity | null;
  installation: Installation;
  /** For the words of an internal error. */
  requestId: string;
  /** Network address of the caller, for the audit log. */
  address: string;
  /** Resolves when the client has taken most of what was sent: a subscription waits here before it reads more. */
  drained: () => Promise<void>;
}

const t = initTRPC
  .context<Context>()
  .meta<{ access: Access }>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx }): AppErrorShape => {
      const perdure = perdureError(error, ctx?.requestId ?? 'unknown');
      return { ...shape, message: perdure.message, data: { ...shape.data, perdure } };
    },
  });

export const router = t.router;

export function procedure(access: Exclude<Access, 'public'>) {
  return t.procedure.meta({ access }).use(async ({ ctx, next, path, type }) => {
    try {
      demand(ctx.identity, access);
    } catch (thrown) {
      throw asTrpcError(thrown);
    }
    // `demand` has refused callers without an identity for everything but public access.
    const result = await withAuditRequest({ requestId: ctx.requestId, address: ctx.address }, async () => {
      const answer = await next({ ctx: { ...ctx, identity: ctx.identity as Identity } });
      if (type === 'mutation' && answer.ok) checkRecorded(ctx.installation, path, answer.data);
      return answer;
    });
    if (!result.ok) {
      const known = result.error.cause instanceof RequestError ? result.error.cause : databaseFault(result.error.cause);
      if (known) throw asTrpcError(known);
    }
    if (result.ok && type === 'mutation' && /^(?:workflows|entityTypes|templates)\./.test(path)) ctx.installation.workflowsChanged();
    if (result.ok && type === 'mutation' && path.startsWith('bulk.')) ctx.installation.jobsChanged();
    return result;
  });
}

/** For a subscription's generator, whose errors do not pass the middleware. */
export function asTrpcError(thrown: unknown): TRPCError {
  if (thrown instanceof RequestError)
    return new TRPCError({ code: trpcCodes[thrown.status] ?? 'BAD_REQUEST', message: thrown.message, cause: thrown });
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: thrown });
}

/** tRPC has no code for 410; its clients read `data.perdure.code`. */
const trpcCodes: Record<number, TRPC_ERROR_CODE_KEY> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  410: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

function perdureError(error: TRPCError, requestId: string): PerdureError {
  const { cause } = error;
  if (cause instanceof RequestError) return cause.toJSON();
  if (cause instanceof ZodError) return { code: 'input.invalid', message: 'Some fields are not right.', details: fieldProblems(cause) };
  switch (error.code) {
    case 'NOT_FOUND':
      return { code: 'route.unknown', message: 'There is no such procedure.' };
    case 'METHOD_NOT_SUPPORTED':
      return { code: 'method.refused', message: 'This procedure is called in another way.' };
    case 'PARSE_ERROR':
      return { code: 'body.invalid-json', message: 'The body is not JSON.' };
    case 'BAD_REQUEST':
    case 'UNSUPPORTED_MEDIA_TYPE':
      return { code: 'request.invalid', message: 'The request cannot be understood.' };
    default:
      return { code: 'internal', message: `Something went wrong in the server. The log has more under request ${requestId}.` };
  }
}

export function fieldProblems(error: ZodError): Json {
  return error.issues.map((issue) => {
    const at = issue.path.map(String);
    if (issue.code === 'unrecognized_keys')
      return { field: [...at, issue.keys[0] ?? ''].join('.'), message: `Unknown field: ${issue.keys.join(', ')}.` };
    return { field: at.join('.'), message: issue.message };
  });
}
