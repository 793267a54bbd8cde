/**
 * better-auth over the tables user, session, account and verification. Only what http/auth-routes.ts calls of it is reachable: signing in by
 * the one-use link, signing out, reading the session, and making one for whom the server names.
 */
import type { Database } from '@perdure/database';
import { authSecret } from '@perdure/database/write';
import { betterAuth } from 'better-auth/minimal';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthEndpoint, APIError } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import { withHashedSessions } from './hashed-sessions.ts';
import { consumeSignInToken } from './sign-in-link.ts';

export type Auth = Awaited<ReturnType<typeof createAuth>>;

/** The address of the caller, as Fastify determined it: what arrives from outside under this name is overwritten. */
export const addressHeader = 'x-perdure-address';

export async function createAuth(database: Database, config: { publicUrl: string }) {
  return betterAuth({
    appName: 'Perdure',
    baseURL: config.publicUrl,
    basePath: '/api/auth',
    secret: await authSecret(database.prisma),
    database: withHashedSessions(prismaAdapter(database.prisma, { provider: 'postgresql', transaction: true })),
    session: { expiresIn: 30 * 24 * 60 * 60, updateAge: 24 * 60 * 60 },
    // Passwords are better-auth's in how they are hashed and kept; http/auth-routes.ts signs in with them, behind its counts.
    emailAndPassword: { enabled: false },
    // Both are done for the whole server: http/origin-check.ts and auth/attempt-limit.ts.
    rateLimit: { enabled: false },
    advanced: {
      disableCSRFCheck: true,
      disableOriginCheck: true,
      useSecureCookies: config.publicUrl.startsWith('https:'),
      cookiePrefix: 'perdure',
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [signInLinkPlugin(database), newSessionPlugin()],
  });
}

function signInLinkPlugin(database: Database) {
  return {
    id: 'sign-in-link',
    endpoints: {
      signInByLink: createAuthEndpoint(
        '/sign-in-link',
        { method: 'POST', body: z.strictObject({ token: z.string().min(1).max(200) }) },
        async (context) => {
          const userId = await consumeSignInToken(database, context.body.token);
          const user = userId === undefined ? null : await context.context.internalAdapter.findUserById(userId);
          if (!user) throw new APIError('UNAUTHORIZED', { code: 'auth.link-invalid' });
          const session = await context.context.internalAdapter.createSession(user.id);
          await setSessionCookie(context, { session, user });
          return context.json({ user: { id: user.id, name: user.name } });
        },
      ),
    },
  };
}

/** Signs in whoever the server itself names: the new account of an invitation, and a session that replaces another. Not reachable by itself. */
function newSessionPlugin() {
  return {
    id: 'new-session',
    endpoints: {
      newSession: createAuthEndpoint(
        '/new-session',
        { method: 'POST', body: z.strictObject({ userId: z.string(), after: z.number().nullable() }) },
        async (context) => {
          const { userId, after } = context.body;
          const user = await context.context.internalAdapter.findUserById(userId);
          if (!user) throw new APIError('UNAUTHORIZED', { code: 'auth.required' });
          // Not before the change it was made for, whatever the clocks of the database and of this machine say.
          const createdAt = new Date(Math.max(Date.now(), after ?? 0));
          const session = await context.context.internalAdapter.createSession(user.id, false, { createdAt }, true);
          await setSessionCookie(context, { session, user });
          return context.json({ id: session.id });
        },
      ),
    },
  };
}
