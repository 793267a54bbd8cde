import { expect, test } from 'vitest';
import { errorFingerprint, errorPattern } from './error-fingerprint.ts';

test('what is different each time is taken out', () => {
  expect(errorPattern('Order 4711 of ORD-48214 was refused')).toBe('Order <n> of <id> was refused');
  expect(errorPattern('GET https://a.test/orders/17?x=1 took 3.5 s at 2026-11-19T08:00:12.345Z')).toBe(
    'GET <address> took <n> s at <moment>',
  );
  expect(errorPattern('No user 4f9a2c07-11aa-4bbb-8ccc-0123456789ab, jo@example.com, at 10.0.0.7:5432')).toBe(
    'No user <id>, <mail>, at <address>',
  );
});

test('what tells errors apart stays', () => {
  expect(errorPattern('503 Service Unavailable')).toBe('503 Service Unavailable');
  expect(errorPattern('HTTP 502 from upstream')).toBe('HTTP 502 from upstream');
  expect(errorPattern('duplicate key value violates unique constraint "orders_pkey"')).toContain('"orders_pkey"');
  const failure = { workflowKey: 'a', node: 'n', code: 'http', message: '503 Service Unavailable after 6 s' };
  expect(errorFingerprint({ ...failure, message: '503 Service Unavailable after 7 s' })).toBe(errorFingerprint(failure));
  for (const other of [{ workflowKey: 'b' }, { node: 'm' }, { code: 'other' }, { message: '502 Bad Gateway after 6 s' }])
    expect(errorFingerprint({ ...failure, ...other })).not.toBe(errorFingerprint(failure));
});

test('a long text of odd characters is read in time that grows with its length only', () => {
  const odd = `${'a1-'.repeat(5_000)}@${'.'.repeat(5_000)}`;
  expect(errorPattern(odd).length).toBeLessThan(1_001);
});
