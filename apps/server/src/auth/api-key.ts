import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Where the key was found. Links in an answer repeat the key only for a caller that sent it in the query. */
export interface SentKey {
  key: string;
  place: 'query' | 'header';
}

/** `?code=`, `x-functions-key` or `Authorization: Bearer`. */
export function findKey(headers: IncomingHttpHeaders, query: unknown): SentKey | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { key: bearer, place: 'header' };
  const functionsKey = headers['x-functions-key'];
  if (typeof functionsKey === 'string' && functionsKey !== '') return { key: functionsKey, place: 'header' };
  const code = (query as { code?: unknown } | null | undefined)?.code;
  if (typeof code === 'string' && code !== '') return { key: code, place: 'query' };
  return undefined;
}

/** Compares hashes of equal length in constant time, so neither content nor length of the right key can be measured. */
export function createKeyCheck(apiKey: string | null): (candidate: string) => boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  const expected = apiKey === null ? null : digest(apiKey);
  return (candidate) => {
    const given = digest(candidate);
    return expected !== null && timingSafeEqual(given, expected);
  };
}
