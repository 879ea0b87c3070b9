/** Addresses of devices: IPv4, IPv6 or DNS name. */
import ipaddr from 'ipaddr.js';

export interface Address {
  readonly kind: 'ipv4' | 'ipv6' | 'dns';
  /** As it is stored and shown. */
  readonly text: string;
  /** The same for every way to write the same address. */
  readonly key: string;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** Reads an address; a string says what is wrong with it, as the end of a sentence that begins with its name. */
export function parseAddress(input: string): Address | string {
  const text = input.trim();
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    const address = ipaddr.IPv4.parse(text);
    return notAHost(address.range()) ?? { kind: 'ipv4', text: address.toString(), key: address.toString() };
  }
  if (text.includes(':')) {
    if (!ipaddr.IPv6.isValid(text)) return 'must be an IPv4 address, an IPv6 address or a DNS name';
    const address = ipaddr.IPv6.parse(text);
    if (address.isIPv4MappedAddress()) return 'must be written as IPv4: it is an IPv4-mapped IPv6 address';
    return notAHost(address.range()) ?? { kind: 'ipv6', text: address.toString(), key: address.toString() };
  }
  const name = text.replace(/\.$/, '').toLowerCase();
  const labels = name.split('.');
  // A last label of digits only would be a mistyped IPv4 address (RFC 3696, 2).
  const isName = name.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return isName ? { kind: 'dns', text: name, key: name } : 'must be an IPv4 address, an IPv6 address or a DNS name';
}

function notAHost(range: string): string | undefined {
  if (range === 'multicast') return 'must not be a multicast address';
  if (range === 'broadcast') return 'must not be the broadcast address';
  if (range === 'unspecified') return 'must not be the unspecified address';
  return undefined;
}
