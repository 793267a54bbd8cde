/** Serves the built web app: files under /assets for good, and index.html with a fresh nonce for every other page. */
import { readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../errors/request-error.ts';
import { createNonce, securityHeaders } from './security-headers.ts';

export async function addWebApp(app: FastifyInstance, webRoot: string | null, publicUrl: string): Promise<void> {
  const page = webRoot === null ? null : createPage(join(webRoot, 'index.html'));
  if (webRoot !== null && existsSync(join(webRoot, 'assets'))) {
    // It gets no route of its own, because it could not declare a permission.
    await app.register(fastifyStatic, { root: join(webRoot, 'assets'), serve: false, immutable: true, maxAge: '365d', index: false });
    app.route<{ Params: { '*': string } }>({
      method: 'GET',
      url: '/assets/*',
      config: { access: 'public' },
      handler: (request, reply) => reply.sendFile(request.params['*']),
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (!isPage(request)) throw new RequestError('route.unknown', `There is nothing at ${request.method} ${pathOf(request)}.`);
    const file = webRoot === null ? undefined : await rootFile(webRoot, pathOf(request));
    if (file) return reply.header('cache-control', 'public, max-age=3600').type(file.type).send(file.content);
    const nonce = createNonce();
    const html = await page?.(nonce);
    if (html === undefined) {
      return reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The web app has not been built yet. Run "npm start", or "pnpm build", and reload.');
    }
    return sendPage(reply, html, publicUrl, nonce);
  });
}

function sendPage(reply: FastifyReply, html: string, publicUrl: string, nonce: string): FastifyReply {
  return reply.headers(securityHeaders(publicUrl, nonce)).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
}

/** Addresses of programs never answer with a page, however wrong they are. */
function isPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    !/^\/(?:api|runtime|trpc|demo-services|hooks|assets|metrics|healthz|readyz|openapi\.json)(?:\/|$)/.test(path)
  );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

const rootTypes: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
};

/** Single files beside index.html, such as /favicon.svg. The pattern admits no way out of the directory. */
async function rootFile(webRoot: string, path: string): Promise<{ content: Buffer; type: string } | undefined> {
  const extension = /^\/[A-Za-z0-9_-]+\.([a-z]+)$/.exec(path)?.[1];
  const type = extension === undefined ? undefined : rootTypes[extension];
  if (type === undefined) return undefined;
  try {
    return { content: await readFile(join(webRoot, path)), type };
  } catch {
    return undefined;
  }
}

/** index.html with the nonce in its script elements; read again when the build has changed. */
function createPage(file: string): (nonce: string) => Promise<string | undefined> {
  let cached: { changedAt: number; html: string } | undefined;
  return async (nonce) => {
    const changedAt = await stat(file).then(
      (found) => found.mtimeMs,
      () => undefined,
    );
    if (changedAt === undefined) return undefined;
    if (cached?.changedAt !== changedAt) cached = { changedAt, html: await readFile(file, 'utf8') };
    return cached.html
      .replaceAll('<script', `<script nonce="${nonce}"`)
      .replace('</head>', `<meta property="csp-nonce" nonce="${nonce}">\n</head>`);
  };
}
