import { STATUS_CODES } from 'node:http';
import type { Json } from '@perdure/graph';
import { request as send, type Agent, type Dispatcher } from 'undici';
import type { Activity, ActivityContext, ActivityResult } from './activity.ts';
import { isAllowedPlace, type AllowedPlace } from './allowed-place.ts';
import { demoPlace, withDemoAddress } from './demo-address.ts';
import { cut, explain, failed, maxExcerptLength, nameOf } from './connection-failure.ts';
import { createGuardedAgent, createOpenAgent, resolveByDns, type Resolve } from './guarded-connection.ts';
import { readRequest, readUrl, type HttpRequest } from './http-request.ts';
import { parseResponseBody, readResponseBody, ResponseTooLarge } from './http-response-body.ts';

/**
 * The HTTP request activity.
 *
 * 1. Every address is checked at connect, for every redirect anew (guarded-connection.ts). Internal ones only where the operator allows.
 * 2. Redirects are followed here, five at most. To another origin go only headers that carry no credentials.
 * 3. Answers are bounded in size and time before they are looked at.
 */
export interface HttpActivityOptions {
  allow?: readonly AllowedPlace[];
  /** For tests and split-horizon set-ups. */
  resolve?: Resolve;
  /** When the step has no timeout. */
  defaultTimeoutMs?: number;
  maxResponseBytes?: number;
  /** Where `demo:` addresses lead: this origin's /demo-services, which is then allowed without being listed. Without it they fail. */
  demoOrigin?: string;
}

export interface HttpActivity extends Activity {
  /** Closes idle connections. */
  close(): Promise<void>;
}

const maxRedirects = 5;
const connectTimeoutMs = 10_000;
const forbiddenKeys = new Set(['$payload', '__proto__']);
const maxJsonDepth = 64;
/** Headers that go along to another origin, besides the idempotency key. */
const harmlessHeaders = new Set(['accept', 'accept-language', 'content-type', 'user-agent', 'traceparent']);

export function createHttpActivity(options: HttpActivityOptions = {}): HttpActivity {
  const { resolve = resolveByDns, defaultTimeoutMs = 60_000, maxResponseBytes = 10 * 1024 * 1024, demoOrigin } = options;
  const allow = demoOrigin === undefined ? (options.allow ?? []) : [...(options.allow ?? []), demoPlace(demoOrigin)];
  const guarded = createGuardedAgent(resolve, connectTimeoutMs);
  const open = createOpenAgent(resolve, connectTimeoutMs);
  const agentFor = (url: URL): Agent => (isAllowedPlace(url, allow) ? open : guarded);

  async function run(input: Json, context: ActivityContext): Promise<ActivityResult> {
    const read = readRequest(withDemoAddress(input, context, demoOrigin), context);
    if (!read.ok) return { ok: false, failure: read.refusal, retryable: false };
    const timeoutMs = context.timeoutMs ?? defaultTimeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([context.signal, timeout]);
    let { request } = read;
    try {
      for (let redirects = 0; ; redirects++) {
        const response = await send(request.url, {
          dispatcher: agentFor(request.url),
          // Checked against the methods the node offers.
          method: request.method as Dispatcher.HttpMethod,
          headers: { ...request.headers, 'accept-encoding': 'gzip, deflate, br' },
          body: request.body,
          signal,
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        // Errors show up where the body is read; after that, or when it is thrown away, nobody else listens.
        response.body.on('error', () => undefined);
        const location = redirectTarget(response);
        if (location === null) return await finish(request, response);
        response.body.destroy();
        if (redirects >= maxRedirects)
          return failed('TooManyRedirects', `${nameOf(request)} was redirected more than ${maxRedirects} times.`);
        const target = readUrl(location, request.url);
        if (typeof target === 'string')
          return failed('InvalidUrl', `${nameOf(request)} was redirected to an address that cannot be called. ${target}`, false);
        request = followRedirect(request, target, response.statusCode);
      }
    } catch (thrown) {
      if (context.signal.aborted) return failed('Canceled', `${nameOf(request)} was cancelled.`);
      if (timeout.aborted) return failed('Timeout', `${nameOf(request)} did not answer within ${timeoutMs} ms.`);
      return explain(thrown, request, maxResponseBytes);
    }
  }

  async function finish(request: HttpRequest, response: Dispatcher.ResponseData): Promise<ActivityResult> {
    const status = response.statusCode;
    const body = await readBody(request, response);
    if (status < 200 || status > 299) {
      const reason = STATUS_CODES[status] ? ` ${STATUS_CODES[status]}` : '';
      return {
        ok: false,
        failure: {
          code: `HttpStatus.${status}`,
          message: `${status}${reason} from ${nameOf(request)}.`,
          details: { status, body: excerpt(body) },
        },
      };
    }
    if (!isStorable(body, maxJsonDepth)) {
      return failed(
        'ResponseUnreadable',
        `${nameOf(request)} answered with JSON that cannot be kept: a reserved key, or more than ${maxJsonDepth} levels.`,
        false,
      );
    }
    return { ok: true, output: { status, headers: headersToJson(response.headers), body } };
  }

  async function readBody({ method }: HttpRequest, response: Dispatcher.ResponseData): Promise<Json> {
    // These have headers about a body, but none.
    if (method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304) {
      await response.body.dump();
      return null;
    }
    if (Number(response.headers['content-length'] ?? 0) > maxResponseBytes) {
      response.body.destroy();
      throw new ResponseTooLarge();
    }
    const bytes = await readResponseBody(response.body, single(response.headers['content-encoding']), maxResponseBytes);
    return bytes.length === 0 ? null : parseResponseBody(bytes, single(response.headers['content-type']) ?? '');
  }

  return {
    name: 'http',
    run,
    async close() {
      await Promise.all([guarded.close(), open.close()]);
    },
  };
}

function redirectTarget(response: Dispatcher.ResponseData): string | null {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return null;
  return single(response.headers['location']) ?? null;
}

function followRedirect(request: HttpRequest, url: URL, status: number): HttpRequest {
  const toGet = (status === 303 && request.method !== 'HEAD') || ((status === 301 || status === 302) && request.method === 'POST');
  const sameOrigin = url.origin === request.url.origin;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => {
      if (toGet && name === 'content-type') return false;
      return sameOrigin || harmlessHeaders.has(name) || name === request.keyHeader;
    }),
  );
  return { ...request, method: toGet ? 'GET' : request.method, url, headers, body: toGet ? null : request.body };
}

function excerpt(body: Json): Json {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > maxExcerptLength || !isStorable(body, maxJsonDepth) ? cut(text) : body;
}

function isStorable(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth - 1));
  return Object.entries(value).every(([key, item]) => !forbiddenKeys.has(key) && isStorable(item, depth - 1));
}

function headersToJson(headers: Record<string, string | string[] | undefined>): Json {
  const result: { [key: string]: Json } = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !forbiddenKeys.has(name)) result[name] = value;
  return result;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
