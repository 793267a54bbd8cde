import proxyAddress from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** Whether an address on the way, `hop` steps from here, is a proxy of our own, which may say where a request came from. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/** The setting: none, all, how many, or which ones. Not fastify's own for numbers: it counts one hop too many. */
export function proxyTrust(setting: boolean | number | string): ProxyTrust {
  if (typeof setting === 'boolean') return () => setting;
  if (typeof setting === 'number') return (_, hop) => hop < setting;
  return proxyAddress.compile(setting.split(',').map((range) => range.trim()));
}

/** Of a request that does not go through fastify, by the same rule. */
export function callerAddress(request: IncomingMessage, trust: ProxyTrust): string {
  return proxyAddress(request, trust);
}
