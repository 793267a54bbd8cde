import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { databaseFault } from '../errors/database-fault.ts';
import { RequestError } from '../errors/request-error.ts';
import { fieldProblems } from '../trpc/base.ts';

/** An outage passes in seconds or in minutes; asking every few seconds does no harm. */
export const retryAfterSeconds = '5';

/** The one shape of errors over HTTP: `{ error: { code, message, details? } }`. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = asRequestError(thrown, request);
  if (error.status >= 500) request.log.error({ err: thrown }, error.message);
  if (error.status === 503) void reply.header('retry-after', retryAfterSeconds);
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
  const fault = databaseFault(thrown);
  if (fault) return fault;
  return new RequestError('internal', `Something went wrong in the server. The log has more under request ${request.id}.`);
}

export function tooLarge(limit: number): RequestError {
  return new RequestError('body.too-large', `The body is over ${Math.round(limit / 1_048_576)} MB, the most this address takes.`, {
    details: { limit },
  });
}
