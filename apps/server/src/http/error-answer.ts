import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { RequestError } from '../errors/request-error.ts';
import { fieldProblems } from '../trpc/base.ts';

/** The one shape of errors over HTTP: `{ error: { code, message, details? } }`. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = asRequestError(thrown, request);
  if (error.status >= 500) request.log.error({ err: thrown }, error.message);
  void reply.code(error.status).send({ error: error.toJSON() });
}

export function asRequestError(thrown: unknown, request: FastifyRequest): RequestError {
  if (thrown instanceof RequestError) return thrown;
  if (thrown instanceof ZodError)
    return new RequestError('input.invalid', 'Some fields are not right.', { details: fieldProblems(thrown) });
  const { code = '', statusCode = 500 } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(request.routeOptions.bodyLimit);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new RequestError('body.media-type', 'Send the body as application/json.');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new RequestError('request.invalid', 'The body is not as long as its Content-Length says.');
  if (statusCode >= 400 && statusCode < 500)
    return new RequestError('request.invalid', 'The request cannot be understood.', { status: statusCode });
  if (isDatabaseOutage(thrown))
    return new RequestError('unavailable', 'The database cannot be reached right now. Nothing was stored; try again.');
  return new RequestError('internal', `Something went wrong in the server. The log has more under request ${request.id}.`);
}

export function tooLarge(limit: number): RequestError {
  return new RequestError('body.too-large', `The body is over ${Math.round(limit / 1_048_576)} MB, the most this address takes.`, {
    details: { limit },
  });
}

/** Prisma's codes for a server that cannot be reached, is too slow to connect, or closed the connection. */
function isDatabaseOutage(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return (
    typeof code === 'string' &&
    ['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037', 'ECONNREFUSED', 'ECONNRESET', '57P01', '57P03'].includes(code)
  );
}
