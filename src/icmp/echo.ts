/** What pinging gives, whichever way it goes. */

export type EchoResult =
  | { readonly kind: 'reply'; readonly rttMs: number }
  | { readonly kind: 'timeout' }
  /** A router or the system says that the target cannot be reached; `reason` is a plain phrase. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export type PingWay = 'raw' | 'datagram' | 'windows' | 'tcp';

export interface Pinger {
  readonly way: PingWay;
  /** One sentence for `/health`: how pings go out, and what would be better. */
  readonly sentence: string;
  /** One echo to a literal IPv4 or IPv6 address. Never rejects. */
  ping(address: string, timeoutMs: number): Promise<EchoResult>;
  close(): void;
}
