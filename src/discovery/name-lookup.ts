/** The names that DNS has for addresses (PTR, RFC 1035), for one scan. */
import dns from 'node:dns/promises';
import { parseAddress } from '../lib/address.ts';
import { ipBytes } from '../lib/ip-bytes.ts';

/** Look-ups without an answer in a row, after which a name server counts as dead. */
const MAX_UNANSWERED = 8;
const TIMEOUT_MS = 1000;

export interface NameLookupOptions {
  /** `address:port` of name servers; those of the machine if not given. */
  readonly servers?: readonly string[];
  readonly timeoutMs?: number;
}

/** Looks names up. A name server that never answers is asked no more: a scan does not wait for it. Never rejects. */
export function nameLookup(options: NameLookupOptions = {}): (address: string) => Promise<string | undefined> {
  const resolver = new dns.Resolver({ timeout: options.timeoutMs ?? TIMEOUT_MS, tries: 1 });
  if (options.servers) resolver.setServers(options.servers);
  let unanswered = 0;
  return async (address) => {
    if (unanswered >= MAX_UNANSWERED) return undefined;
    try {
      const names = await resolver.resolvePtr(reverseName(address));
      unanswered = 0;
      return names.map(hostName).find((name) => name !== undefined);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      unanswered = code === dns.TIMEOUT || code === dns.CONNREFUSED ? unanswered + 1 : 0;
      return undefined;
    }
  };
}

/**
 * Where the names of an address stand (RFC 1035, 3.5; RFC 3596, 2.5). Asked for directly: `reverse` says of a name server
 * that is silent what it says of one that knows no name.
 */
function reverseName(address: string): string {
  const { family, bytes } = ipBytes(address)!;
  if (family === 4) return `${bytes.toReversed().join('.')}.in-addr.arpa`;
  const digits = bytes.flatMap((byte) => [byte >> 4, byte & 15]).toReversed();
  return `${digits.map((digit) => digit.toString(16)).join('.')}.ip6.arpa`;
}

/** Whoever owns the address writes its name: it may be anything (RFC 2181, 11), and a name of a host is less. */
function hostName(name: string): string | undefined {
  const parsed = parseAddress(name);
  return typeof parsed === 'object' && parsed.kind === 'dns' ? parsed.text : undefined;
}
