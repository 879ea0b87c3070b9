/** IP addresses as bytes, for those who speak to the kernel. */
import os from 'node:os';
import ipaddr from 'ipaddr.js';

export interface IpBytes {
  readonly family: 4 | 6;
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
  /** Interface number of a link-local IPv6 address; 0 where none is said. */
  readonly scope: number;
}

const DOTTED_QUAD = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Bytes of a literal address (`fe80::1%eth0` included); undefined when it is none. */
export function ipBytes(address: string): IpBytes | undefined {
  const quad = DOTTED_QUAD.exec(address);
  if (quad) {
    const bytes = [Number(quad[1]), Number(quad[2]), Number(quad[3]), Number(quad[4])];
    return bytes.every((byte) => byte < 256) ? { family: 4, bytes, scope: 0 } : undefined;
  }
  const [literal, zone] = address.split('%');
  if (!literal || !ipaddr.isValid(literal)) return undefined;
  const parsed = ipaddr.parse(literal);
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, bytes: parsed.toByteArray(), scope: zone ? scopeOf(zone) : 0 };
}

function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  const found = os.networkInterfaces()[zone]?.find((one) => one.family === 'IPv6');
  return found?.family === 'IPv6' ? (found.scopeid ?? 0) : 0;
}
