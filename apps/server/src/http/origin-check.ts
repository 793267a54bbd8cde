import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request that carries the session cookie comes from this server's own pages. A browser names the page's origin with every
 * POST and every WebSocket; a request that names none is let through only when the browser says that no other site is behind it.
 * `host` is the host the request was sent to, as Fastify determined it (behind a trusted proxy, the one the proxy saw).
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, host: string, publicUrl: string): boolean {
  const { origin } = headers;
  if (origin !== undefined) {
    if (!URL.canParse(origin)) return false;
    const from = new URL(origin);
    return from.origin === new URL(publicUrl).origin || from.host === host;
  }
  const site = headers['sec-fetch-site'];
  return site === 'same-origin' || site === 'none';
}
