import { z } from 'zod';
import type { Access } from '../../auth/permissions.ts';
import { errorCodes } from '../../errors/error-codes.ts';
import type { DeclaredRoute, Routes } from '../route.ts';

/** /openapi.json, written from the declarations of the routes themselves. */
export function addOpenApi(routes: Routes, version: string): void {
  routes.add({
    method: 'GET',
    url: '/openapi.json',
    access: 'public',
    docs: { summary: 'This description', answers: { 200: 'OpenAPI 3.1.' } },
    handler: () => describeRoutes(routes.declared, version),
  });
}

export function describeRoutes(declared: readonly DeclaredRoute[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of declared) {
    if (!route.docs) continue;
    const path = route.url.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, path) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Perdure', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        code: { type: 'apiKey', in: 'query', name: 'code' },
        functionsKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'perdure.session_token' },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: { code: { type: 'string', enum: Object.keys(errorCodes) }, message: { type: 'string' }, details: {} },
            },
          },
        },
      },
    },
  };
}

function operation(route: DeclaredRoute, path: string): object {
  const answers = { ...route.docs?.answers, ...standardAnswers(route.access) };
  return {
    summary: route.docs?.summary,
    parameters: [...parameters(route.params, 'path', path), ...parameters(route.query, 'query', path)],
    ...(route.body ? { requestBody: { content: { 'application/json': { schema: inputSchema(route.body) } } } } : {}),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, description]) => [
        status,
        {
          description,
          ...(Number(status) >= 400 && path !== '/readyz'
            ? { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
            : {}),
        },
      ]),
    ),
    ...(route.access === 'public'
      ? { security: [] }
      : { security: [{ code: [] }, { functionsKey: [] }, { bearer: [] }, { session: [] }], 'x-permission': route.access }),
  };
}

function standardAnswers(access: Access): Record<string, string> {
  return access === 'public' ? {} : { 401: 'No key, or a wrong one.', 403: `Without the permission ${access}.` };
}

interface ObjectSchema {
  properties?: Record<string, object>;
  required?: string[];
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query', path: string): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = inputSchema(schema) as ObjectSchema; // parameters are objects of fields
  return Object.entries(properties)
    .filter(([name]) => place === 'query' || path.includes(`{${name}}`))
    .map(([name, field]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: field }));
}

/** As it is sent, before any conversion. What has no JSON Schema, such as "any JSON", is described as anything. */
function inputSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
