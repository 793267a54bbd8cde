/** Finds out who is asking, before the body is read, and refuses who may not. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptLimit } from '../auth/attempt-limit.ts';
import { findKey } from '../auth/api-key.ts';
import { addressHeader, type Auth } from '../auth/create-auth.ts';
import type { ApiKeyBook } from '../auth/api-key-book.ts';
import type { GrantBook } from '../auth/grant-book.ts';
import { adminKey, demand, type Identity } from '../auth/identity.ts';
import type { Access } from '../auth/permissions.ts';
import { RequestError } from '../errors/request-error.ts';
import type { SessionRotation } from '../auth/session-rotation.ts';
import { isOwnOrigin } from './origin-check.ts';

export interface CallerCheck {
  auth: Auth;
  rotation: SessionRotation;
  grants: GrantBook;
  apiKeys: ApiKeyBook;
  isKey: (candidate: string) => boolean;
  limit: AttemptLimit;
  publicUrl: string;
}

/** Sets `request.identity` or throws. */
export async function checkCaller(check: CallerCheck, access: Access, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.identity = access === 'public' ? null : await findIdentity(check, request, reply);
  demand(request.identity, access);
}

async function findIdentity(check: CallerCheck, request: FastifyRequest, reply: FastifyReply): Promise<Identity | null> {
  const sent = findKey(request.headers, request.query);
  if (sent) {
    // The right key first: whoever shares its address, or forges wrong keys from there, must not lock it out.
    if (check.isKey(sent.key)) return adminKey;
    const made = await check.apiKeys.find(sent.key);
    if (made) return made;
    if (check.limit.isBlocked(request.ip)) throw tooManyAttempts();
    check.limit.failed(request.ip);
    throw new RequestError(
      'auth.key-invalid',
      'This key is not one of this installation, was revoked, or has expired. Keys are made under Settings, API keys.',
    );
  }
  return findOwnSession(check, request, reply);
}

/** The session of a request from this server's own pages. */
export async function findOwnSession(check: CallerCheck, request: FastifyRequest, reply: FastifyReply): Promise<Identity | null> {
  const session = await findSession(check, request.headers, request.ip);
  if (!session) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isOwnOrigin(request.headers, request.host, check.publicUrl)) {
    throw new RequestError(
      'auth.origin-refused',
      `This request came from another site. Open ${check.publicUrl} and do it there, or use a key.`,
    );
  }
  // A session that is used gets a longer life now and then, and its cookie with it.
  const cookies = (await rotated(check, request, session)) ?? session.cookies;
  for (const cookie of cookies) reply.header('set-cookie', cookie);
  return session.identity;
}

export interface FoundSession {
  identity: Extract<Identity, { kind: 'user' }>;
  session: { id: string; createdAt: Date };
  rightsChangedAt: number | null;
  cookies: string[];
}

/** Null also for somebody who is disabled: their sessions are ended, and one that is not gone yet opens nothing. */
export async function findSession(
  { auth, grants }: Pick<CallerCheck, 'auth' | 'grants'>,
  headers: IncomingHttpHeaders,
  address: string,
): Promise<FoundSession | null> {
  if (headers.cookie === undefined) return null;
  const { headers: answered, response } = await auth.api.getSession({
    headers: new Headers({ cookie: headers.cookie, [addressHeader]: address }),
    returnHeaders: true,
  });
  if (!response) return null;
  const { user, session } = response;
  const person = await grants.load(user.id);
  if (person === null) return null;
  const { groups, grants: held, changedAt } = person;
  return {
    identity: { kind: 'user', id: user.id, name: user.name, email: user.email, sessionId: session.id, groups, grants: held },
    rightsChangedAt: changedAt,
    session,
    cookies: answered.getSetCookie(),
  };
}

/** The cookies of the session that takes the place of one from before a change of rights. */
async function rotated({ auth, rotation }: CallerCheck, request: FastifyRequest, found: FoundSession): Promise<string[] | null> {
  if (!rotation.claim(found.session, found.rightsChangedAt)) return null;
  return (await newSession(auth, request, found.identity.id, found.rightsChangedAt)).cookies;
}

/** Signs somebody in whom the server itself names. `after`: the session must count as younger than that. */
export async function newSession(
  auth: Auth,
  request: FastifyRequest,
  userId: string,
  after: number | null = null,
): Promise<{ id: string; cookies: string[] }> {
  const { headers, response } = await auth.api.newSession({
    body: { userId, after },
    headers: new Headers({ [addressHeader]: request.ip, 'user-agent': request.headers['user-agent'] ?? '' }),
    returnHeaders: true,
  });
  return { id: response.id, cookies: headers.getSetCookie() };
}

export function tooManyAttempts(): RequestError {
  return new RequestError('auth.too-many-attempts', 'Too many wrong attempts came from this address. Wait a minute.');
}
