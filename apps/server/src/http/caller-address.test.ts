import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { callerAddress, proxyTrust } from './caller-address.ts';

/** As it arrives from 10.0.0.9, with what those before it said. */
function arriving(forwarded: string): IncomingMessage {
  // What the address is read from, and nothing else of a request.
  return { socket: { remoteAddress: '10.0.0.9' }, headers: { 'x-forwarded-for': forwarded } } as unknown as IncomingMessage;
}

test.each([
  [false, '10.0.0.9'],
  [true, '198.51.100.1'],
  [1, '203.0.113.7'],
  [2, '10.0.0.8'],
  ['10.0.0.0/8', '203.0.113.7'],
  ['10.0.0.9', '203.0.113.7'],
] as const)('with trust in %s a request that came through proxies is from %s', (setting, address) => {
  const forwarded = setting === 2 ? '203.0.113.7, 10.0.0.8, 198.51.100.2' : '198.51.100.1, 203.0.113.7';
  expect(callerAddress(arriving(forwarded), proxyTrust(setting))).toBe(address);
});
