import type { FastifyInstance } from 'fastify';
import { currentTraceParent, parseTraceParent, withTraceParent } from '../telemetry/trace-context.ts';
import type { RequestSpan, Tracing } from '../telemetry/tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    span: RequestSpan | null;
  }
}

/** A span for each request; what is answered within it finds its context with `currentTraceParent`. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers['traceparent'];
    const span = tracing.request(request.method, request.routeOptions.url ?? 'unknown', typeof header === 'string' ? header : undefined);
    request.span = span;
    const traceId = parseTraceParent(span.traceParent)?.traceId;
    request.log = request.log.child({ traceId });
    withTraceParent(span.traceParent, done);
  });
  // Reading a body goes on from the socket's events, outside the request's context.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.span === null || currentTraceParent() !== undefined) done();
    else withTraceParent(request.span.traceParent, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    request.span?.end(reply.statusCode);
    done();
  });
}
