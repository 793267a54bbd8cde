import type { FastifyReply, FastifyRequest } from 'fastify';
import { appendAuditAlone } from '@perdure/database/write';
import { z } from 'zod';
import { addressHeader, type Auth } from '../auth/create-auth.ts';
import { RequestError } from '../errors/request-error.ts';
import { type CallerCheck, findSession, tooManyAttempts } from './caller.ts';
import { isOwnOrigin } from './origin-check.ts';
import type { Routes } from './route.ts';

/** Signing in by link and signing out. `onSignOut` ends what the session still has open. */
export function addAuthRoutes(
  routes: Routes,
  { auth, grants, limit, publicUrl }: CallerCheck,
  onSignOut: (sessionId: string) => void,
): void {
  routes.add({
    method: 'POST',
    url: '/api/auth/sign-in-link',
    access: 'public',
    docs: null,
    body: z.strictObject({ token: z.string().min(1).max(200) }),
    handler: async ({ request, reply, body, installation }) => {
      // Signing somebody in from another site would let that site choose as whom.
      if (request.headers.origin !== undefined && !isOwnOrigin(request.headers, request.host, publicUrl)) {
        throw new RequestError('auth.origin-refused', `This request came from another site. Open the link itself.`);
      }
      const answer = await callAuth(auth, request, '/api/auth/sign-in-link', body);
      if (answer.status >= 500)
        throw new RequestError('unavailable', 'The server could not look the link up. Try again; the link stays valid.');
      if (!answer.ok) {
        // After the link has been looked up: a valid one works however many wrong ones came from its address.
        if (limit.isBlocked(request.ip)) throw tooManyAttempts();
        limit.failed(request.ip);
        throw new RequestError(
          'auth.link-invalid',
          'This sign-in link was used already or has expired. Make a new one with: pnpm perdure signin-link',
        );
      }
      passCookies(answer, reply);
      const { user } = (await answer.json()) as { user: { id: string } }; // what our own endpoint answers
      await appendAuditAlone(installation.database.prisma, { actor: user.id, action: 'session.sign-in', target: `user:${user.id}` });
      return { ok: true };
    },
  });
  routes.add({
    method: 'POST',
    url: '/api/auth/sign-out',
    access: 'signed-in',
    docs: null,
    handler: async ({ request, reply, installation }) => {
      const session = await findSession({ auth, grants }, request.headers, request.ip);
      passCookies(await callAuth(auth, request, '/api/auth/sign-out', {}), reply);
      if (session) {
        onSignOut(session.sessionId);
        const { id } = session.identity;
        await appendAuditAlone(installation.database.prisma, { actor: id, action: 'session.sign-out', target: `user:${id}` });
      }
      return { ok: true };
    },
  });
}

async function callAuth(auth: Auth, request: FastifyRequest, path: string, body: object): Promise<Response> {
  const headers = new Headers({
    'content-type': 'application/json',
    [addressHeader]: request.ip,
    'user-agent': request.headers['user-agent'] ?? '',
  });
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  return auth.handler(new Request(new URL(path, auth.options.baseURL), { method: 'POST', headers, body: JSON.stringify(body) }));
}

function passCookies(answer: Response, reply: FastifyReply): void {
  for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie);
}
