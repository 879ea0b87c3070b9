/**
 * ICMP and ICMPv6 echo messages (RFC 792, RFC 4443): type, code, checksum, identifier, sequence; then our 12 bytes:
 * 8 of a nonce, so that nobody else's answer is taken for ours, and the low 32 bits of the request's number.
 */

export type IpFamily = 4 | 6;
export const ECHO_BYTES = 20;
export const NONCE_BYTES = 8;
const ECHO_REQUEST = { 4: 8, 6: 128 } as const;
const ECHO_REPLY = { 4: 0, 6: 129 } as const;
const UNREACHABLE = { 4: 3, 6: 1 } as const;
const TIME_EXCEEDED = { 4: 11, 6: 3 } as const;

export type IcmpMessage =
  | { readonly kind: 'reply'; readonly sequence: number; readonly number: number }
  /** About a request of ours; only the sequence is known for sure. */
  | { readonly kind: 'error'; readonly sequence: number; readonly reason: string };

/** Writes an echo request at `offset`. The kernel fills in the checksum of ICMPv6. */
export function writeEcho(
  bytes: Uint8Array,
  offset: number,
  family: IpFamily,
  identifier: number,
  number: number,
  nonce: Uint8Array,
): void {
  bytes[offset] = ECHO_REQUEST[family];
  bytes[offset + 1] = 0;
  put16(bytes, offset + 2, 0);
  put16(bytes, offset + 4, identifier);
  put16(bytes, offset + 6, number);
  for (let i = 0; i < NONCE_BYTES; i++) bytes[offset + 8 + i] = nonce[i]!;
  put16(bytes, offset + 16, number >>> 16);
  put16(bytes, offset + 18, number);
  if (family === 4) put16(bytes, offset + 2, checksum(bytes, offset));
}

function checksum(bytes: Uint8Array, offset: number): number {
  let sum = 0;
  for (let at = offset; at < offset + ECHO_BYTES; at += 2) sum += get16(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The low 16 bits of a number, in the network's order. */
function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

const get32 = (bytes: Uint8Array, at: number): number => ((get16(bytes, at) << 16) | get16(bytes, at + 2)) >>> 0;
const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/**
 * Reads a received message, which stands in [from, to) of the bytes; undefined when it is not about us.
 * @param identifier of our requests; undefined when the kernel chose it and passes only ours
 */
export function readIcmp(
  bytes: Uint8Array,
  from: number,
  to: number,
  family: IpFamily,
  identifier: number | undefined,
  nonce: Uint8Array,
): IcmpMessage | undefined {
  const start = from + (family === 4 && from < to ? ipv4HeaderBytes(bytes, from) : 0);
  if (to < start + 8) return undefined;
  const type = bytes[start]!;
  if (type === ECHO_REPLY[family]) {
    if (to < start + ECHO_BYTES) return undefined;
    for (let i = 0; i < NONCE_BYTES; i++) if (bytes[start + 8 + i] !== nonce[i]) return undefined;
    return { kind: 'reply', sequence: get16(bytes, start + 6), number: get32(bytes, start + 16) };
  }
  if (type !== UNREACHABLE[family] && type !== TIME_EXCEEDED[family]) return undefined;
  // The beginning of the packet that it is about: IP header, then at least 8 bytes of our request.
  const inner = start + 8 + (family === 4 && start + 8 < to ? ipv4HeaderBytes(bytes, start + 8) : 40);
  if (to < inner + 8 || bytes[inner] !== ECHO_REQUEST[family]) return undefined;
  if (identifier !== undefined && get16(bytes, inner + 4) !== identifier) return undefined;
  const reason =
    type === TIME_EXCEEDED[family]
      ? 'its packets circle in the network (TTL exceeded)'
      : unreachable(family, bytes[start + 1]!);
  return { kind: 'error', sequence: get16(bytes, inner + 6), reason };
}

/** 0 where the message comes without an IP header, as datagram sockets give it on Linux. */
function ipv4HeaderBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  return first >> 4 === 4 ? (first & 15) * 4 : 0;
}

function unreachable(family: IpFamily, code: number): string {
  const v4 = ['network unreachable', 'host unreachable', 'protocol unreachable', 'port unreachable'];
  const v6 = ['no route', 'prohibited', 'beyond scope', 'address unreachable', 'port unreachable'];
  const known = (family === 4 ? v4 : v6)[code];
  if (known) return `a router says: ${known}`;
  if (family === 4 && (code === 9 || code === 10 || code === 13)) return 'a router says: prohibited';
  return `a router says: unreachable (code ${code})`;
}
