import type { Json } from '@perdure/graph';
import { z } from 'zod';
import type { ActivityContext } from './activity.ts';

/** A request as the node's input asks for it, checked. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | null;
  /** The header that carries the idempotency key. */
  keyHeader: string | null;
}

export type RequestRefusal = { code: 'InvalidUrl' | 'InvalidHeader' | 'InvalidInput'; message: string };

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const inputSchema = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).default('GET'),
  url: z.unknown().optional(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  query: z.record(z.string(), z.union([scalar, z.array(scalar)])).nullish(),
  body: z.unknown().optional(),
  idempotencyHeader: z.string().nullish(),
});

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Set by the connection itself; setting them by hand could break the message apart or reach another host. */
const reservedHeaders = new Set(
  'host content-length transfer-encoding connection keep-alive upgrade expect te trailer proxy-authorization proxy-connection accept-encoding'.split(
    ' ',
  ),
);
const defaultIdempotencyHeader = 'Idempotency-Key';
const maxUrlLength = 16 * 1024;

export function readRequest(
  input: Json,
  context: Pick<ActivityContext, 'key' | 'traceParent'>,
): { ok: true; request: HttpRequest } | { ok: false; refusal: RequestRefusal } {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'InvalidInput',
      `The request cannot be made: ${issue?.path.join('.') || 'input'} is not valid (${issue?.message ?? 'wrong type'}).`,
    );
  }
  const { method, url: urlText, query, body, idempotencyHeader } = parsed.data;

  const url = readUrl(urlText);
  if (typeof url === 'string') return refuse('InvalidUrl', url);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null) url.searchParams.append(name, String(one));
  }
  if (url.href.length > maxUrlLength) return refuse('InvalidUrl', `The URL is longer than ${maxUrlLength} characters.`);

  const headers: Record<string, string> = { accept: 'application/json, text/*;q=0.9, */*;q=0.5', 'user-agent': 'perdure' };
  for (const [name, value] of Object.entries(parsed.data.headers ?? {})) {
    if (value === null) continue;
    const problem = headerProblem(name, value);
    if (problem !== null) return refuse('InvalidHeader', problem);
    headers[name.toLowerCase()] = String(value).trim();
  }
  const keyHeader = idempotencyHeader === null ? null : (idempotencyHeader ?? defaultIdempotencyHeader).toLowerCase();
  if (keyHeader !== null) {
    const problem = headerProblem(keyHeader, '');
    if (problem !== null) return refuse('InvalidHeader', problem);
    // Instance ids may hold any character; a header may not.
    headers[keyHeader] = context.key.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  }

  // One that the workflow sets by itself is meant.
  if (context.traceParent !== undefined) headers['traceparent'] ??= context.traceParent;

  // What the schema takes as unknown came from JSON.
  const content = readBody(body as Json | undefined);
  if (content) headers['content-type'] ??= content.type;
  return { ok: true, request: { method, url, headers, body: content?.text ?? null, keyHeader } };
}

/** A URL, or why not. */
export function readUrl(text: unknown, base?: URL): URL | string {
  if (typeof text !== 'string' || text.trim() === '') return 'The URL is empty. Check the expression that makes it.';
  const url = URL.parse(text.trim(), base?.href);
  if (url === null) return `“${text.slice(0, 200)}” is not a URL. It should start with https:// or http://.`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `Only https and http can be called, not ${url.protocol.slice(0, 20)}`;
  if (url.username !== '' || url.password !== '') return 'The URL contains a user name or password. Send them in a header.';
  url.hash = '';
  return url;
}

function headerProblem(name: string, value: unknown): string | null {
  if (!headerName.test(name)) return `“${name.slice(0, 100)}” is not a valid name of a header.`;
  if (reservedHeaders.has(name.toLowerCase())) return `The header ${name} is set by the connection and cannot be changed.`;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return `The header ${name} must be a text.`;
  if (/[^\t\x20-\x7e\x80-\xff]/.test(String(value))) return `The header ${name} contains a character that headers cannot carry.`;
  return null;
}

function readBody(body: Json | undefined): { text: string; type: string } | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return { text: body, type: 'text/plain;charset=utf-8' };
  return { text: JSON.stringify(body), type: 'application/json' };
}

function refuse(code: RequestRefusal['code'], message: string): { ok: false; refusal: RequestRefusal } {
  return { ok: false, refusal: { code, message } };
}
