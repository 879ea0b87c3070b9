/**
 * Pings through one ICMP socket a family: every few milliseconds, while there are any, requests leave together and
 * arrivals are collected. Answers find their request by sequence and number, and must come from
 * the address that was asked.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { type IpBytes, ipBytes } from '../lib/ip-bytes.ts';
import type { EchoResult, Pinger, PingWay } from './echo.ts';
import type { Libc } from './libc.ts';
import { ERRNO, LinuxIcmpSocket } from './linux-socket.ts';
import { type IpFamily, NONCE_BYTES, readIcmp, writeEcho } from './packet.ts';

/**
 * How often requests leave and arrivals are collected, while there are any. The kernel has noted when they arrived, so
 * this does not add to round-trip times.
 */
const TICK_MS = 20;
const MAX_WAITING = 60_000;

interface Echo {
  readonly number: number;
  readonly to: IpBytes;
  sentAtMs: number;
  readonly timeoutMs: number;
  readonly resolve: (result: EchoResult) => void;
}

export class PacketPinger implements Pinger {
  readonly way: PingWay;
  readonly sentence: string;
  readonly #clock: Clock;
  readonly #libc: Libc;
  readonly #sockets = new Map<IpFamily, LinuxIcmpSocket | number>();
  readonly #identifier = randomInt(1, 0xffff);
  readonly #nonce = randomBytes(NONCE_BYTES);
  /** By sequence, the low 16 bits of the number. */
  readonly #waiting = new Map<number, Echo>();
  #outbox: Echo[] = [];
  #number = randomInt(0, 0xffff);
  #cancelTick: (() => void) | undefined;

  constructor(libc: Libc, clock: Clock, first: LinuxIcmpSocket, sentence: string) {
    this.#libc = libc;
    this.#clock = clock;
    this.way = first.isRaw ? 'raw' : 'datagram';
    this.sentence = sentence;
    this.#sockets.set(first.family, first);
  }

  ping(address: string, timeoutMs: number): Promise<EchoResult> {
    const to = ipBytes(address);
    if (!to) return Promise.resolve({ kind: 'unreachable', reason: `${address} is not an IP address` });
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.resolve({ kind: 'unreachable', reason: 'too many pings at once' });
    const socket = this.#socket(to.family);
    if (typeof socket === 'number') return Promise.resolve({ kind: 'unreachable', reason: errnoReason(socket) });
    return new Promise((resolve) => {
      do this.#number = (this.#number + 1) >>> 0;
      while (this.#waiting.has(this.#number & 0xffff));
      const echo: Echo = { number: this.#number, to, timeoutMs, sentAtMs: Number.POSITIVE_INFINITY, resolve };
      this.#waiting.set(echo.number & 0xffff, echo);
      this.#outbox.push(echo);
      this.#scheduleTick();
    });
  }

  close(): void {
    this.#cancelTick?.();
    for (const echo of this.#waiting.values()) echo.resolve({ kind: 'timeout' });
    this.#waiting.clear();
    this.#outbox = [];
    for (const socket of this.#sockets.values()) if (typeof socket !== 'number') socket.close();
    this.#sockets.clear();
  }

  #socket(family: IpFamily): LinuxIcmpSocket | number {
    let socket = this.#sockets.get(family);
    if (socket === undefined) {
      socket = LinuxIcmpSocket.open(this.#libc, family, this.way === 'raw');
      this.#sockets.set(family, socket);
    }
    return socket;
  }

  #flush(): void {
    for (const family of [4, 6] as const) {
      const echoes = this.#outbox.filter((echo) => echo.to.family === family);
      const socket = this.#sockets.get(family);
      if (echoes.length === 0 || socket === undefined || typeof socket === 'number') continue;
      for (let first = 0; first < echoes.length; ) {
        const batch: Echo[] = [];
        while (socket.hasRoom && first < echoes.length) batch.push(this.#queue(socket, echoes[first++]!));
        const nowMs = this.#clock.monotonicMs();
        for (const echo of batch) echo.sentAtMs = nowMs;
        socket.flush((place, errno) =>
          this.#finish(batch[place]!, { kind: 'unreachable', reason: errnoReason(errno) }),
        );
      }
    }
    this.#outbox = [];
  }

  #queue(socket: LinuxIcmpSocket, echo: Echo): Echo {
    socket.queue(echo.to, (bytes, offset) =>
      writeEcho(bytes, offset, socket.family, this.#identifier, echo.number, this.#nonce),
    );
    return echo;
  }

  #scheduleTick(): void {
    if (this.#cancelTick || this.#waiting.size === 0) return;
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      this.#cancelTick = undefined;
      if (this.#outbox.length > 0) this.#flush();
      this.#collect();
      this.#scheduleTick();
    });
  }

  #collect(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [family, socket] of this.#sockets) {
      if (typeof socket === 'number') continue;
      socket.drain((bytes, sender, ageMs) => this.#received(bytes, family, sender, this.#clock.monotonicMs() - ageMs));
    }
    for (const echo of this.#waiting.values()) {
      if (echo.sentAtMs + echo.timeoutMs <= nowMs) this.#finish(echo, { kind: 'timeout' });
    }
  }

  #received(bytes: Uint8Array, family: IpFamily, sender: Uint8Array, atMs: number): void {
    const identifier = this.way === 'raw' ? this.#identifier : undefined;
    const message = readIcmp(bytes, family, identifier, this.#nonce);
    const echo = message && this.#waiting.get(message.sequence);
    if (!echo || echo.to.family !== family) return;
    if (message.kind === 'error') {
      this.#finish(echo, { kind: 'unreachable', reason: message.reason });
    } else if (message.number === echo.number && echo.to.bytes.every((byte, i) => byte === sender[i])) {
      this.#finish(echo, { kind: 'reply', rttMs: Math.max(0, atMs - echo.sentAtMs) });
    }
  }

  #finish(echo: Echo, result: EchoResult): void {
    this.#waiting.delete(echo.number & 0xffff);
    echo.resolve(result);
  }
}

function errnoReason(errno: number): string {
  switch (errno) {
    case ERRNO.ENETUNREACH:
    case ERRNO.EHOSTUNREACH:
      return 'this machine has no route to it';
    case ERRNO.EPERM:
    case ERRNO.EACCES:
      return 'this machine does not let us ping it (firewall, or a broadcast address)';
    case ERRNO.ENOBUFS:
    case ERRNO.EAGAIN:
      return 'this machine is out of network buffers';
    default:
      return `the system says: error ${errno}`;
  }
}
