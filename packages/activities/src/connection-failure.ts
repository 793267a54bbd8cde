/** Why a call over HTTP came to nothing, in words for the person who wrote its address. */
import type { Failure } from '@perdure/engine';
import type { ActivityResult } from './activity.ts';
import { AddressRefused } from './guarded-connection.ts';
import type { HttpRequest } from './http-request.ts';
import { ResponseTooLarge, ResponseUnreadable } from './http-response-body.ts';

type FailedResult = Extract<ActivityResult, { ok: false }>;

export const maxExcerptLength = 4096;

/** Words for what undici, the resolver, the socket or TLS reported. */
export function explain(thrown: unknown, request: Pick<HttpRequest, 'method' | 'url'>, maxResponseBytes: number): FailedResult {
  const error = rootCause(thrown);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const host = request.url.host;
  if (error instanceof AddressRefused) {
    return failed(
      'AddressRefused',
      `${error.hostname} leads to an internal or reserved address. An operator can allow it by its origin and path.`,
      false,
    );
  }
  if (error instanceof ResponseTooLarge || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return failed('ResponseTooLarge', `${nameOf(request)} answered with more than ${Math.floor(maxResponseBytes / 1024)} KB.`);
  }
  if (error instanceof ResponseUnreadable) return failed('ResponseUnreadable', error.message);
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT')) {
    return failed('ResponseUnreadable', `The answer of ${nameOf(request)} is compressed in a way that cannot be read.`);
  }
  if (code === 'ENOTFOUND' || code.startsWith('EAI_'))
    return failed('DnsError', `The name ${request.url.hostname} does not resolve to an address.`);
  if (code === 'ECONNREFUSED') return failed('ConnectionRefused', `Nothing answers at ${host}.`);
  if (code === 'ETIMEDOUT' || code.includes('TIMEOUT')) return failed('Timeout', `${host} could not be reached in time.`);
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return failed('TlsError', `The secure connection to ${host} failed: ${error.message}.`);
  }
  if (code === 'UND_ERR_INVALID_ARG') return failed('InvalidHeader', `The request cannot be sent: ${error.message}.`, false);
  if (code !== '') return failed('NetworkError', `The connection to ${host} failed: ${error.message}.`);
  throw thrown;
}

function rootCause(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof AggregateError && thrown.errors[0] instanceof Error) return rootCause(thrown.errors[0]);
  return thrown.cause instanceof Error ? rootCause(thrown.cause) : thrown;
}

export function failed(code: string, message: string, retryable?: boolean): FailedResult {
  const failure: Failure = { code, message: cut(message) };
  return retryable === undefined ? { ok: false, failure } : { ok: false, failure, retryable };
}

/** Without the query, which may hold secrets. */
export function nameOf({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  return `${method} ${cut(`${url.origin}${url.pathname}`, 500)}`;
}

export function cut(text: string, length = maxExcerptLength): string {
  return text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
}
