import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminKey, permissionsOf } from '../auth/identity.ts';
import { type Access, allPermissions, rolePermissions, roles } from '../auth/permissions.ts';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';
import type { Role } from './contract.ts';
import { appRouter } from './router.ts';

let server: TestServer;
const cookies = new Map<Role, string>();
beforeAll(async () => {
  server = await startTestServer();
  for (const role of roles) cookies.set(role, (await server.signIn(role)).cookie);
});
afterAll(() => server.stop());

interface Procedure {
  _def: { type: 'query' | 'mutation' | 'subscription'; meta?: { access: Access } };
}
// tRPC keeps the procedures by their full path.
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

const may = (role: Role, access: Access) => access === 'signed-in' || access === 'public' || rolePermissions[role].includes(access);

test('S1 every procedure of the contract is there and names its access', () => {
  expect(procedures.length).toBe(53);
  for (const [path, { _def }] of procedures) expect(_def.meta?.access, path).toBeDefined();
});

describe('S2 procedures', () => {
  for (const [path, { _def }] of procedures) {
    if (_def.type === 'subscription') continue; // over the WebSocket only: live.test.ts
    const { type } = _def;
    const access = _def.meta?.access ?? 'public';
    test(`${path} needs ${access}`, async () => {
      const nobody = await server.procedure(null, type, path, {});
      expect([nobody.status, nobody.error?.code], 'nobody').toEqual([401, 'auth.required']);
      for (const role of roles) {
        const answer = await server.procedure(cookies.get(role) ?? '', type, path, {});
        if (may(role, access)) expect(String(answer.error?.code), role).not.toMatch(/^auth\./);
        else expect([answer.status, answer.error?.code], role).toEqual([403, 'auth.forbidden']);
        expect(answer.status, role).toBeLessThan(500);
      }
    });
  }
});

test('S3 every HTTP route refuses nobody, and whoever lacks its permission', async () => {
  const keep = new Set(['/api/auth/sign-out']);
  for (const { method, url, access } of server.declared) {
    if (access === 'public') continue;
    const path = url.replaceAll(/:[A-Za-z]+/g, 'nothing');
    const nobody = await server.call(method, path, { key: null });
    expect([nobody.status, nobody.body?.error?.code], `${method} ${url} as nobody`).toEqual([401, 'auth.required']);
    const wrong = await server.call(method, path, { key: 'a-wrong-key-of-enough-letters', headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect([401, 429], `${method} ${url} with a wrong key`).toContain(wrong.status);
    if (keep.has(url)) continue; // would end the session the next routes are called with
    for (const role of roles) {
      if (may(role, access)) continue;
      const answer = await server.call(method, path, { cookie: cookies.get(role) ?? '' });
      expect([answer.status, answer.body?.error?.code], `${method} ${url} as ${role}`).toEqual([403, 'auth.forbidden']);
    }
  }
});

test('S4 only what must be is public', () => {
  const open = server.declared.filter(({ access }) => access === 'public').map(({ method, url }) => `${method} ${url}`);
  expect(open.sort()).toEqual([
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'POST /api/auth/sign-in-link',
    'POST /demo-services/:service',
  ]);
});

test('S5 the roles are those of the contract, and the key may everything', () => {
  expect(roles.sort()).toEqual(['admin', 'approver', 'designer', 'operator', 'viewer']);
  expect(permissionsOf(adminKey)).toEqual(allPermissions);
  expect(rolePermissions.approver).not.toContain('instance.read');
});
