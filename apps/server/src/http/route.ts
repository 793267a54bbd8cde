/**
 * How routes are declared. A route cannot be made without `access`, which is checked before the body is read; and a route that some plugin
 * adds past this file makes the start fail (see `refuseUndeclaredRoutes`).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import type { Access } from '../auth/permissions.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';

export const megabyte = 1_048_576;
/** By route; all else takes 1 MB. */
export const bodyLimits = { definitions: 8 * megabyte, payloads: 10 * megabyte, attachments: 25 * megabyte, other: megabyte } as const;

export interface RouteCall<Params, Query, Body> {
  request: FastifyRequest;
  reply: FastifyReply;
  params: Params;
  query: Query;
  body: Body;
  /** Null only on public routes. */
  identity: Identity | null;
  installation: Installation;
}

export interface RouteDocs {
  summary: string;
  /** By status: what it means here. Those every route has (401, 403, 413, 500) are added. */
  answers: Record<number, string>;
}

export interface RouteDefinition<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Fastify's notation: `/api/workflows/:key`. */
  url: string;
  access: Access;
  /** Null leaves the route out of /openapi.json. */
  docs: RouteDocs | null;
  params?: Params;
  query?: Query;
  body?: Body;
  bodyLimit?: number;
  /** The body is `application/octet-stream`, in `request.body`; everything else takes JSON alone. */
  takesBytes?: true;
  /** Nothing may be logged or compressed of a stream. */
  compress?: false;
  handler: (call: RouteCall<z.output<Params>, z.output<Query>, z.output<Body>>) => unknown;
}

/** Everything declared, for /openapi.json and the permission test. */
export interface DeclaredRoute {
  method: string;
  url: string;
  access: Access;
  docs: RouteDocs | null;
  params?: z.ZodType | undefined;
  query?: z.ZodType | undefined;
  body?: z.ZodType | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    takesBytes?: true;
  }
  interface FastifyRequest {
    identity: Identity | null;
  }
}

export interface Routes {
  add<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(definition: RouteDefinition<Params, Query, Body>): void;
  declared: readonly DeclaredRoute[];
}

export function createRoutes(app: FastifyInstance, installation: Installation): Routes {
  const declared: DeclaredRoute[] = [];
  return {
    declared,
    add(definition) {
      const { method, url, access, docs, params, query, body, bodyLimit = bodyLimits.other, takesBytes, compress, handler } = definition;
      declared.push({ method, url, access, docs, params, query, body });
      app.route({
        method,
        url,
        bodyLimit,
        config: takesBytes ? { access, takesBytes } : { access },
        ...(compress === false ? { compress: false } : {}),
        handler: async (request, reply) => {
          // Each falls back to what came in when the route has no schema for it, and then nobody reads it.
          const call = {
            request,
            reply,
            params: (params ? params.parse(request.params) : undefined) as never,
            query: (query ? query.parse(withoutCode(request.query)) : undefined) as never,
            body: (body ? body.parse(request.body) : undefined) as never,
            identity: request.identity,
            installation,
          };
          return handler(call);
        },
      });
    },
  };
}

/** Call before any route is added. */
export function refuseUndeclaredRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`The route ${String(route.method)} ${route.url} declares no permission.`);
  });
}

export function identityOf(identity: Identity | null): Identity {
  if (!identity) throw new RequestError('auth.required', 'Sign in first, or send a key.');
  return identity;
}

/** The key has been read by then, and is no field of any route. */
function withoutCode(query: unknown): unknown {
  const { code: _, ...rest } = query as Record<string, unknown>;
  return rest;
}
