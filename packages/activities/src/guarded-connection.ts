import { lookup as lookupName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress } from './public-address.ts';

export interface ResolvedAddress {
  address: string;
  family: number;
}

export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

/** The name leads to an address that workflows may not call. */
export class AddressRefused extends Error {
  readonly hostname: string;

  constructor(hostname: string) {
    super(`${hostname} is not a public address`);
    this.hostname = hostname;
  }
}

export const resolveByDns: Resolve = (hostname) => lookupName(hostname, { all: true });

/**
 * Connections to public addresses only. The check is made on the very addresses that are then connected to, at every connect, so a name
 * that changes its answer between check and use (DNS rebinding) gains nothing; the address of the open socket is checked once more.
 */
export function createGuardedAgent(resolve: Resolve, connectTimeoutMs: number): Agent {
  const lookup = lookupWith(resolve, isPublicAddress);
  const connect = buildConnector({ lookup, timeout: connectTimeoutMs, allowH2: false });
  return new Agent({
    maxHeaderSize: maxHeaderBytes,
    connect(options, callback) {
      // A literal address is never looked up.
      const hostname = options.hostname.replace(/^\[|\]$/g, '');
      if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) {
        callback(new AddressRefused(hostname), null);
        return;
      }
      connect(options, (...result) => {
        const [, socket] = result;
        if (socket && !isPublicAddress(socket.remoteAddress ?? '')) {
          socket.destroy();
          callback(new AddressRefused(hostname), null);
          return;
        }
        callback(...result);
      });
    },
  });
}

/** For the places the operator has allowed. Kept apart from the guarded one, so that no connection made here is reused there. */
export function createOpenAgent(resolve: Resolve, connectTimeoutMs: number): Agent {
  return new Agent({
    maxHeaderSize: maxHeaderBytes,
    connect: { lookup: lookupWith(resolve, () => true), timeout: connectTimeoutMs, allowH2: false },
  });
}

const maxHeaderBytes = 64 * 1024;

function lookupWith(resolve: Resolve, accept: (address: string) => boolean): LookupFunction {
  const resolveAccepted = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname);
    // One refused address refuses the name: which one would be used is not for the name's owner to play with.
    if (addresses.some(({ address }) => !accept(address))) throw new AddressRefused(hostname);
    const [first] = addresses;
    if (first === undefined) throw Object.assign(new Error(`No address for ${hostname}`), { code: 'ENOTFOUND' });
    return { first, addresses };
  });
  return (hostname, options, callback) => {
    resolveAccepted(hostname, (error, resolved) => {
      if (error) callback(error, '');
      else if (options.all) callback(null, resolved.addresses);
      else callback(null, resolved.first.address, resolved.first.family);
    });
  };
}
