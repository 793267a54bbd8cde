import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignInLink } from '../auth/sign-in-link.ts';
import { startTestServer, testKey, type TestServer } from '../test-support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
});
afterAll(() => server.stop());

const list = '/api/workflows';
const signInWith = (token: string, headers = {}) => server.call('POST', '/api/auth/sign-in-link', { key: null, body: { token }, headers });
const newToken = async () => new URL(await createSignInLink(server.database, { publicUrl: server.origin })).searchParams.get('token') ?? '';

test('K1 the key is taken as code, x-functions-key and bearer', async () => {
  expect((await server.call('GET', `${list}?code=${testKey}`, { key: null })).status).toBe(200);
  expect((await server.call('GET', list, { key: null, headers: { 'x-functions-key': testKey } })).status).toBe(200);
  expect((await server.call('GET', list, { key: null, headers: { authorization: `Bearer ${testKey}` } })).status).toBe(200);
});

test('L1 opening the link shows a page and burns nothing; its POST signs in once', async () => {
  const token = await newToken();
  expect((await server.call('GET', `/sign-in?token=${token}`, { key: null })).status).toBe(503); // no web build in this test: a page, not the token's end
  const first = await signInWith(token);
  expect(first.status).toBe(200);
  const [cookie = ''] = first.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
  const again = await signInWith(token);
  expect([again.status, again.body.error.code]).toEqual([401, 'auth.link-invalid']);
  const me = await server.procedure(cookie.split(';')[0] ?? '', 'query', 'session.me');
  expect(me.data.user).toMatchObject({ name: 'Owner', email: 'owner@localhost' });
  expect(me.data.grants).toMatchObject([{ role: 'admin', folder: '' }]);
});

test('L2 of ten racing uses of one link one signs in', async () => {
  const token = await newToken();
  const answers = await Promise.all(Array.from({ length: 5 }, () => signInWith(token)));
  expect(answers.filter(({ status }) => status === 200).length).toBe(1);
});

test('L3 the token is not stored, only its hash; an expired one is refused', async () => {
  const token = await newToken();
  const stored = await server.database.prisma.verification.findMany();
  expect(JSON.stringify(stored)).not.toContain(token);
  const identifier = `sign-in-link:${createHash('sha256').update(token).digest('base64url')}`;
  await server.database.prisma.verification.updateMany({ where: { identifier }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect((await signInWith(token)).status).toBe(401);
});

test('L4 a page of another site cannot sign anybody in', async () => {
  const answer = await signInWith(await newToken(), { origin: 'https://evil.example' });
  expect([answer.status, answer.body.error.code]).toEqual([403, 'auth.origin-refused']);
});

test('O1 with the session cookie, writing needs a page of this server', async () => {
  const { cookie } = await server.signIn('admin');
  const from = (headers: Record<string, string>) =>
    server.call('POST', '/trpc/workflows.archive', { cookie, body: { key: 'none' }, headers });
  expect((await from({ origin: 'https://evil.example' })).body.error.code).toBe('auth.origin-refused');
  expect((await from({ origin: 'null' })).body.error.code).toBe('auth.origin-refused');
  expect((await from({})).body.error.data.perdure.code).toBe('workflow.unknown');
});

test('L5 signing out ends the session', async () => {
  const { cookie } = await server.signIn('viewer');
  expect((await server.procedure(cookie, 'query', 'session.me')).status).toBe(200);
  expect((await server.call('POST', '/api/auth/sign-out', { cookie })).status).toBe(200);
  expect((await server.procedure(cookie, 'query', 'session.me')).status).toBe(401);
});

test('L7 a session is stored under the hash of its token, and gets its longer life under it', async () => {
  const { id, cookie } = await server.signIn('viewer');
  const token = /session_token=([^.;]+)/.exec(cookie)?.[1] ?? '';
  const stored = () => server.database.prisma.session.findMany({ where: { userId: id } });
  expect(token.length).toBeGreaterThan(20);
  expect(await stored()).toMatchObject([{ token: createHash('sha256').update(token).digest('hex') }]);
  // As if signed in days ago: the next use prolongs it.
  await server.database.prisma.session.updateMany({
    where: { userId: id },
    data: { expiresAt: new Date(Date.now() + 3 * 24 * 60 * 60 * 1000) },
  });
  expect((await server.procedure(cookie, 'query', 'session.me')).status).toBe(200);
  const [session] = await stored();
  expect(session?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 20 * 24 * 60 * 60 * 1000);
  // What is in the database opens nothing.
  const forged = cookie.replace(token, session?.token ?? '');
  expect((await server.procedure(forged, 'query', 'session.me')).status).toBe(401);
});

test('L6 signing in and out is in the audit log', async () => {
  const { id, cookie } = await server.signIn('viewer');
  await server.call('POST', '/api/auth/sign-out', { cookie });
  const entries = await server.database.prisma.auditEntry.findMany({ where: { actor: id }, orderBy: { id: 'asc' } });
  expect(entries.map(({ action }) => action)).toEqual(['session.sign-in', 'session.sign-out']);
});

test('K2 wrong keys and links are slowed down; the right ones from the same address are not', async () => {
  const token = await newToken();
  const wrong = [];
  for (let n = 0; n < 12; n++) wrong.push((await server.call('GET', list, { key: `wrong-key-number-${n}-of-this-test` })).status);
  expect(wrong[0]).toBe(401);
  expect(wrong.at(-1)).toBe(429);
  expect((await server.call('GET', list)).status).toBe(200);
  expect((await signInWith('not-a-token')).body.error.code).toBe('auth.too-many-attempts');
  expect((await signInWith(token)).status).toBe(200);
});

test('D1 outside the embedded default there are no demo services and no samples', async () => {
  expect((await server.call('POST', '/demo-services/flights', { key: null, body: {} })).status).toBe(404);
  expect(await server.database.prisma.workflow.count()).toBe(0);
});

test('H1 every answer carries the protecting headers', async () => {
  const { headers } = await server.call('GET', '/healthz', { key: null });
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe-eval');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});
