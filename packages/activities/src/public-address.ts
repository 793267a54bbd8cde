import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const wellKnownTranslation = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address belongs to the public internet. Private, loopback, link-local (which holds cloud metadata services), carrier-grade
 * NAT, multicast, reserved and documentation ranges do not, nor do forms that carry such an address inside (IPv4-mapped, NAT64), nor
 * tunnels (6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text); // turns IPv4-mapped addresses into IPv4
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  // An IPv6-only network reaches the IPv4 internet through these: what counts is the address inside.
  if (address.match(wellKnownTranslation)) return isPublicAddress(address.toByteArray().slice(12).join('.'));
  return address.match(globalUnicast) && address.range() === 'unicast';
}
