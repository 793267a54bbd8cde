import { withAuditRequest } from '@perdure/database/write';
import type { FastifyInstance } from 'fastify';

/** What is done within a request is recorded with its id and the address it came from. */
export function nameAuditRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => withAuditRequest({ requestId: request.id, address: request.ip }, done));
  // Reading a body goes on from the socket's events, outside the request's context.
  app.addHook('preHandler', (request, _reply, done) => withAuditRequest({ requestId: request.id, address: request.ip }, done));
}
