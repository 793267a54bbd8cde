/** Accounts, sessions, invitations, groups and keys, on a whole server. What each role may call is in trpc/permissions.test.ts. */
import type { Json } from '@perdure/graph';
import { type MailCatcher, startMailCatcher } from '@perdure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestAnswer, type TestServer, until } from '../test-support/test-server.ts';

const password = 'a long enough password';
let server: TestServer;
let mail: MailCatcher;
let admin: { id: string; cookie: string };
beforeAll(async () => {
  mail = await startMailCatcher();
  server = await startTestServer({ embedded: false, mail: { url: mail.url, from: 'Perdure <perdure@example.com>' } });
  admin = await server.signIn('admin', 'Ada');
});
afterAll(async () => {
  await server.stop();
  await mail.stop();
});
// All of them come from one address.
beforeEach(() => server.database.prisma.signInLock.deleteMany({}));

const post = (path: string, body: Json, cookie?: string) =>
  server.call('POST', path, { body, key: null, ...(cookie === undefined ? {} : { cookie }) });
const cookieOf = ({ headers }: TestAnswer) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
const asAdmin = async (path: string, input: Json): Promise<Loose> => {
  const answer = await server.procedure(admin.cookie, 'mutation', path, input);
  expect(answer.error, path).toBeUndefined();
  return answer.data;
};
const me = (cookie: string) => server.procedure(cookie, 'query', 'session.me');
const tokenOf = (link: string) => link.split('#')[1] ?? '';
const signIn = (email: string, given = password) => post('/api/auth/sign-in', { email, password: given });
const audited = (action: string) => server.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { id: 'asc' } });

let made = 0;
async function invited(
  grants: Json = [{ role: 'viewer', folder: '', sensitive: false }],
): Promise<{ id: string; email: string; cookie: string }> {
  const email = `person-${++made}@example.com`;
  const { link } = await asAdmin('people.invite', { email, grants, groupIds: [] });
  const accepted = await post('/api/auth/accept-invitation', { token: tokenOf(link), name: `Person ${made}`, password });
  expect(accepted.status).toBe(200);
  const cookie = cookieOf(accepted);
  return { id: (await me(cookie)).data.user.id, email, cookie };
}

describe('invitations', () => {
  test('U1 an invitation goes out by mail, shows whom it is for, and makes one account with what it gives', async () => {
    const group = await asAdmin('groups.save', { id: null, name: 'Payroll', description: '', grants: [], memberIds: [] });
    const grants = [{ role: 'operator', folder: 'finance', sensitive: false }];
    const sent = await asAdmin('people.invite', { email: ' Grace@Example.com ', grants, groupIds: [group.id] });
    expect(sent.mailed).toBe(true);
    const letter = await mail.mailTo('grace@example.com');
    expect(letter.text).toContain(sent.link);
    const token = tokenOf(sent.link);
    expect((await post('/api/auth/invitation', { token })).body).toEqual({ email: 'grace@example.com', invitedBy: 'Ada' });
    const weak = await post('/api/auth/accept-invitation', { token, name: 'Grace', password: 'short' });
    expect([weak.status, weak.body.error.code]).toEqual([400, 'input.invalid']);
    const both = await Promise.all([1, 2].map(() => post('/api/auth/accept-invitation', { token, name: 'Grace Hopper', password })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const [accepted] = both.filter(({ status }) => status === 200);
    const { data } = await me(accepted ? cookieOf(accepted) : '');
    expect(data).toMatchObject({ user: { name: 'Grace Hopper' }, groups: ['Payroll'], grants: [{ role: 'operator', folder: 'finance' }] });
    expect((await post('/api/auth/invitation', { token })).body.error.code).toBe('auth.link-invalid');
    const again = await server.procedure(admin.cookie, 'mutation', 'people.invite', { email: 'grace@example.com', grants, groupIds: [] });
    expect(again.error.code).toBe('people.exists');
    // Only the hash is in the database.
    const stored = JSON.stringify(await server.database.prisma.invitation.findMany());
    expect(stored).not.toContain(token);
    expect((await audited('people.accept-invitation')).at(-1)?.detail).toMatchObject({
      roles: ['operator in finance'],
      groups: [group.id],
    });
  });

  test('U2 a new link takes the place of the one before; a withdrawn or expired one is good for nothing', async () => {
    const first = await asAdmin('people.invite', { email: 'late@example.com', grants: [], groupIds: [] });
    const row = (await server.procedure(admin.cookie, 'query', 'people.invitations')).data.find(
      (one: Loose) => one.email === 'late@example.com',
    );
    const second = await asAdmin('people.inviteAgain', { id: row.id });
    expect((await post('/api/auth/invitation', { token: tokenOf(first.link) })).status).toBe(401);
    expect((await post('/api/auth/invitation', { token: tokenOf(second.link) })).status).toBe(200);
    await server.database.prisma.invitation.update({ where: { id: row.id }, data: { expiresAt: new Date(0) } });
    const late = await post('/api/auth/accept-invitation', { token: tokenOf(second.link), name: 'Late', password });
    expect(late.body.error.code).toBe('auth.link-invalid');
    const third = await asAdmin('people.inviteAgain', { id: row.id });
    await asAdmin('people.withdrawInvitation', { id: row.id });
    expect((await post('/api/auth/invitation', { token: tokenOf(third.link) })).status).toBe(401);
  });
});

describe('passwords', () => {
  test('W1 signing in begins a new session and ends the one before; wrong address and wrong password read alike', async () => {
    const { email, cookie } = await invited();
    const answer = await server.call('POST', '/api/auth/sign-in', { body: { email: email.toUpperCase(), password }, cookie });
    expect(answer.status).toBe(200);
    expect((await me(cookieOf(answer))).data.user.email).toBe(email);
    expect((await me(cookie)).error.code).toBe('auth.required');
    const wrong = await signIn(email, 'not the password');
    const nobody = await signIn('nobody@example.com');
    expect([wrong.status, wrong.body.error]).toEqual([401, nobody.body.error]);
  });

  test('W2 five wrong passwords lock the account, also for the right one and however many come at once; a link still works', async () => {
    const { id, email } = await invited();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(email, 'guess guess guess')));
    expect(answers.filter(({ status }) => status === 401).length).toBe(5);
    const right = await signIn(email);
    expect([right.status, right.body.error.code, right.body.error.message]).toEqual([
      423,
      'auth.locked',
      'Too many wrong passwords for this account. Wait 5 minutes.',
    ]);
    // Nobody can find out by it whether there is an account.
    await server.database.prisma.signInLock.deleteMany({ where: { key: { startsWith: 'address:' } } });
    for (let n = 0; n < 5; n++) expect((await signIn('no-one@example.com')).status).toBe(401);
    expect((await signIn('no-one@example.com')).status).toBe(423);
    const { link } = await asAdmin('people.resetLink', { id });
    expect((await post('/api/auth/reset-password', { token: tokenOf(link), password: 'another long password' })).body).toEqual({ email });
    expect((await signIn(email, 'another long password')).status).toBe(200);
  });

  test('W3 an address that tries many accounts is slowed down', async () => {
    await server.database.prisma.signInLock.create({ data: { key: 'address:127.0.0.1', failures: 30, lastAt: new Date() } });
    const answer = await signIn('one-of-many@example.com');
    expect([answer.status, answer.body.error.code]).toEqual([429, 'auth.too-many-attempts']);
    expect(answer.body.error.message).toContain('Wait 15 minutes.');
  });

  test('W4 changing it needs the current one, ends the other sessions and goes on under a new one', async () => {
    const { email, cookie } = await invited();
    const other = cookieOf(await signIn(email));
    const refused = await server.call('POST', '/api/auth/change-password', {
      body: { current: 'wrong', password: 'a new long password' },
      cookie,
    });
    expect([refused.status, refused.body.error.code]).toEqual([401, 'auth.wrong-password']);
    const changed = await server.call('POST', '/api/auth/change-password', {
      body: { current: password, password: 'a new long password' },
      cookie,
    });
    expect(changed.status).toBe(200);
    expect((await me(cookieOf(changed))).status).toBe(200);
    expect((await me(other)).error.code).toBe('auth.required');
    expect((await signIn(email)).status).toBe(401);
    expect((await signIn(email, 'a new long password')).status).toBe(200);
  });

  test('W5 a forgotten password: the answer is always the same, the mail goes to who has the account, its link works once', async () => {
    const { email } = await invited();
    const known = await post('/api/auth/forgotten-password', { email });
    const unknown = await post('/api/auth/forgotten-password', { email: 'stranger@example.com' });
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    const letter = await mail.mailTo(email, /new password/);
    const token = /#(\S+)/.exec(letter.text)?.[1] ?? '';
    expect((await post('/api/auth/reset-password', { token, password: 'yet another password' })).status).toBe(200);
    expect((await post('/api/auth/reset-password', { token, password: 'yet another password' })).status).toBe(401);
    expect((await signIn(email, 'yet another password')).status).toBe(200);
    const stored = await server.database.prisma.account.findMany();
    expect(JSON.stringify(stored)).not.toContain('yet another');
  });

  test('W5 a new password ends the links to another one that are still about, and so does disabling the account', async () => {
    const { id, email, cookie } = await invited();
    const link = async () => tokenOf((await asAdmin('people.resetLink', { id })).link);
    const reset = (token: string) => post('/api/auth/reset-password', { token, password: 'whoever has the link' });
    const waiting = () => server.database.prisma.verification.count({ where: { value: id } });
    const [first, second] = [await link(), await link()];
    expect((await reset(first)).status).toBe(200);
    expect((await reset(second)).body.error.code).toBe('auth.link-invalid');
    await link();
    const body = { current: 'whoever has the link', password: 'a password of mine' };
    const mine = cookieOf(await signIn(email, body.current));
    expect((await server.call('POST', '/api/auth/change-password', { body, cookie: mine })).status).toBe(200);
    expect(await waiting()).toBe(0);
    await link();
    await asAdmin('people.setDisabled', { id, disabled: true });
    expect(await waiting()).toBe(0);
    await asAdmin('people.setDisabled', { id, disabled: false });
    expect((await signIn(email, 'a password of mine')).status).toBe(200);
    expect((await me(cookie)).error.code).toBe('auth.required');
  });

  test('W6 who signed in by a link may set a first password', async () => {
    const { id, cookie } = await server.signIn('viewer');
    expect((await server.procedure(cookie, 'query', 'account.get')).data.hasPassword).toBe(false);
    const set = await server.call('POST', '/api/auth/change-password', { body: { current: null, password }, cookie });
    expect(set.status).toBe(200);
    expect((await signIn(`${id}@example.com`)).status).toBe(200);
  });
});

describe('sessions', () => {
  test('X1 one ends one session or all others, and never somebody else’s', async () => {
    const { email, cookie } = await invited();
    const second = cookieOf(await signIn(email));
    const listed = (await server.procedure(cookie, 'query', 'account.get')).data.sessions;
    expect(listed).toHaveLength(2);
    const other = listed.find((session: Loose) => !session.current);
    const stranger = await invited();
    const refused = await server.procedure(stranger.cookie, 'mutation', 'account.endSession', { id: other.id });
    expect([refused.status, refused.error.code]).toEqual([404, 'session.unknown']);
    expect((await me(second)).status).toBe(200);
    await server.procedure(cookie, 'mutation', 'account.endSession', { id: other.id });
    expect((await me(second)).error.code).toBe('auth.required');
    const third = cookieOf(await signIn(email));
    expect((await server.procedure(cookie, 'mutation', 'account.endOtherSessions', {})).error).toBeUndefined();
    expect((await me(third)).error.code).toBe('auth.required');
    expect((await me(cookie)).status).toBe(200);
  });

  test('X2 a change of roles holds at once and gives the session a new token at its next request', async () => {
    const { id, cookie } = await invited();
    await asAdmin('people.setRoles', { id, grants: [{ role: 'designer', folder: 'people', sensitive: false }] });
    const answer = await server.call('GET', '/trpc/session.me', { cookie });
    expect(answer.body.result.data.grants).toMatchObject([{ role: 'designer', folder: 'people' }]);
    const next = cookieOf(answer);
    expect(next).not.toBe('');
    expect(next).not.toBe(cookie);
    const again = await server.call('GET', '/trpc/session.me', { cookie: next });
    expect([again.status, cookieOf(again)]).toEqual([200, '']);
    // What is under way with the old one may end.
    expect((await me(cookie)).status).toBe(200);
    expect((await audited('people.set-roles')).at(-1)).toMatchObject({
      before: { roles: ['viewer'] },
      after: { roles: ['designer in people'] },
    });
  });

  test('X3 a stream of events ends with the session that opened it, and with the rights it was opened under', async () => {
    await server.call('POST', '/api/workflows', { body: { key: 'waits', title: 'Waits', document: waiting } });
    expect((await server.call('POST', '/api/workflows/waits/publish')).status).toBe(200);
    await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/waits/waits-1', { body: {} });
    const open = async (cookie: string): Promise<Promise<string>> => {
      const response = await fetch(`${server.origin.replace('localhost', '127.0.0.1')}/api/instances/waits-1/events`, {
        headers: { cookie },
      });
      expect(response.status).toBe(200);
      return response.text();
    };
    const { id, cookie } = await invited();
    const untilSignOut = open(cookie);
    await until(async () => (await server.database.prisma.historyEvent.count({ where: { instanceId: 'waits-1' } })) > 0, 'it runs');
    await server.call('POST', '/api/auth/sign-out', { cookie, body: {} });
    expect(await untilSignOut).not.toContain('event: end');
    const second = await invited();
    const untilLess = open(second.cookie);
    await asAdmin('people.setRoles', { id: second.id, grants: [] });
    expect(await untilLess).not.toContain('event: end');
    expect((await server.call('GET', '/api/instances/waits-1/events', { cookie: second.cookie })).status).toBe(403);
    expect(id).not.toBe(second.id);
  });
});

const node = (id: string, type: string, config: Json): Json => ({ id, type, title: id, parent: null, position: { x: 0, y: 0 }, config });
const waiting: Json = {
  formatVersion: 1,
  nodes: [node('start', 'start', {}), node('wait', 'event', { name: 'go' }), node('end', 'end', { value: { expr: 'input' } })],
  edges: [
    { id: 'a', source: 'start', sourcePort: 'out', target: 'wait' },
    { id: 'b', source: 'wait', sourcePort: 'out', target: 'end' },
  ],
};

describe('people', () => {
  test('Y1 who is disabled is signed out, cannot sign in, keeps roles and name, and may come back', async () => {
    const { id, email, cookie } = await invited();
    await asAdmin('people.setDisabled', { id, disabled: true });
    expect((await me(cookie)).error.code).toBe('auth.required');
    expect((await signIn(email)).status).toBe(401);
    const row = (await server.procedure(admin.cookie, 'query', 'people.list')).data.find((one: Loose) => one.id === id);
    expect(row).toMatchObject({ email, grants: [{ role: 'viewer' }], disabledAt: expect.any(String) });
    await asAdmin('people.setDisabled', { id, disabled: false });
    expect((await signIn(email)).status).toBe(200);
  });

  test('Y2 the last admin cannot be disabled, lose the role, or lose the group that gives it; of two at the same time one stays', async () => {
    const second = await server.signIn('admin', 'Second');
    const none = (id: string) => server.procedure(admin.cookie, 'mutation', 'people.setRoles', { id, grants: [] });
    // The calls run one after the other inside, so both may be let through to the door, but not both out of it.
    const answers = await Promise.all([
      server.procedure(admin.cookie, 'mutation', 'people.setDisabled', { id: second.id, disabled: true }),
      server.procedure(second.cookie, 'mutation', 'people.setRoles', { id: admin.id, grants: [] }),
    ]);
    expect(answers.filter(({ error }) => error === undefined).length).toBe(1);
    await server.database.prisma.user.update({ where: { id: second.id }, data: { disabledAt: new Date() } });
    await server.database.prisma.roleGrant.deleteMany({ where: { userId: admin.id } });
    await server.database.prisma.roleGrant.create({ data: { id: 'back', userId: admin.id, role: 'admin', createdBy: 'test' } });
    server.installation.grants.changed(null);
    expect((await none(admin.id)).error.code).toBe('people.last-admin');
    expect((await server.procedure(admin.cookie, 'mutation', 'people.setDisabled', { id: admin.id, disabled: true })).error.code).toBe(
      'people.last-admin',
    );
    const grants = [{ role: 'admin', folder: '', sensitive: false }];
    const group = await asAdmin('groups.save', { id: null, name: 'Admins', description: '', grants, memberIds: [admin.id] });
    expect((await none(admin.id)).error).toBeUndefined();
    expect((await me(admin.cookie)).data.permissions).toContain('admin');
    expect((await server.procedure(admin.cookie, 'mutation', 'groups.remove', { id: group.id })).error.code).toBe('people.last-admin');
    await asAdmin('people.setRoles', { id: admin.id, grants });
    await asAdmin('groups.remove', { id: group.id });
  });

  test('Y3 groups give roles at once, and a group is named like no other, no role and no address', async () => {
    const { id, cookie } = await invited([]);
    expect((await server.procedure(cookie, 'query', 'workflows.list', {})).error.code).toBe('auth.forbidden');
    const group = {
      id: null,
      name: 'Reviewers',
      description: '',
      grants: [{ role: 'viewer', folder: '', sensitive: false }],
      memberIds: [id],
    };
    await asAdmin('groups.save', group);
    expect((await server.procedure(cookie, 'query', 'workflows.list', {})).status).toBe(200);
    for (const [name, code] of [
      ['REVIEWERS', 'group.exists'],
      ['Approver', 'input.invalid'],
      ['a@b', 'input.invalid'],
    ])
      expect((await server.procedure(admin.cookie, 'mutation', 'groups.save', { ...group, name: name ?? '' })).error.code).toBe(code);
  });
});

describe('API keys', () => {
  const call = (key: string, path: string, method = 'GET') => server.call(method, path, { headers: { 'x-functions-key': key }, key: null });

  test('Z1 a key may what it was given, where it was given it, until it is revoked; the log names it', async () => {
    await server.call('POST', '/api/workflows', { body: { key: 'in-sales', title: 'S', folder: 'sales', document: waiting } });
    await server.call('POST', '/api/workflows/in-sales/publish');
    const input = { name: 'Shop', permissions: ['workflow.read', 'instance.start', 'admin'], folder: 'sales', expiresAt: null };
    const { key } = await asAdmin('apiKeys.create', input);
    expect((await call(key, '/api/workflows')).body.map((row: Loose) => row.key)).toEqual(['in-sales']);
    const start = '/runtime/webhooks/durabletask/orchestrators';
    expect((await call(key, `${start}/in-sales/sold-1`, 'POST')).status).toBe(202);
    expect((await call(key, `${start}/waits`, 'POST')).body.error.code).toBe('workflow.unknown');
    expect((await call(key, '/runtime/webhooks/durabletask/instances')).body.error.code).toBe('auth.forbidden');
    expect((await call(key, '/metrics')).status).toBe(403);
    const sold = await until(
      async () => (await server.database.prisma.instance.findUnique({ where: { id: 'sold-1' } })) ?? undefined,
      'the instance is there',
    );
    expect(sold.startedBy).toBe('api-key:Shop');
    const row = (await server.procedure(admin.cookie, 'query', 'apiKeys.list')).data.find((one: Loose) => one.name === 'Shop');
    expect(row).toMatchObject({
      state: 'good',
      folder: 'sales',
      permissions: ['workflow.read', 'instance.start'],
      prefix: key.slice(0, 14),
    });
    await until(
      async () => (await server.database.prisma.apiKey.findUniqueOrThrow({ where: { id: row.id } })).lastUsedAt !== null,
      'its use is noted',
    );
    expect(JSON.stringify(await server.database.prisma.apiKey.findMany())).not.toContain(key);
    await asAdmin('apiKeys.revoke', { id: row.id });
    expect((await call(key, '/api/workflows')).body.error.code).toBe('auth.key-invalid');
    expect((await server.procedure(admin.cookie, 'mutation', 'apiKeys.create', { ...input, name: 'SHOP' })).error.code).toBe(
      'api-key.exists',
    );
  });

  test('Z2 an expired key opens nothing', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { key } = await asAdmin('apiKeys.create', { name: 'Short', permissions: ['workflow.read'], folder: '', expiresAt });
    expect((await call(key, '/api/workflows')).status).toBe(200);
    await server.database.prisma.apiKey.updateMany({ where: { name: 'Short' }, data: { expiresAt: new Date(0) } });
    server.installation.apiKeys.changed();
    expect((await call(key, '/api/workflows')).body.error.code).toBe('auth.key-invalid');
  });
});
