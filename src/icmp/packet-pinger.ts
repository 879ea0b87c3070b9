/**
 * Pings through one ICMP socket a family: at every tick, while there are any, requests leave together and arrivals are
 * collected. The kernel has noted when they arrived, so that waiting for the tick does not add to round-trip times.
 * Answers find their request by sequence and number, and must come from the address that was asked.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { type IpBytes, ipBytes } from '../lib/ip-bytes.ts';
import { atTickAfter } from '../lib/tick.ts';
import type { EchoResult, Pinger, PingWay } from './echo.ts';
import { EchoWindow, type WaitingEcho } from './echo-window.ts';
import type { Libc } from './libc.ts';
import { ERRNO, LinuxIcmpSocket } from './linux-socket.ts';
import { type IcmpMessage, type IpFamily, NONCE_BYTES, readIcmp, writeEcho } from './packet.ts';

interface Echo extends WaitingEcho {
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
  readonly #waiting = new EchoWindow<Echo>(randomInt(0, 0xffff));
  readonly #outboxes: Readonly<Record<IpFamily, Echo[]>> = { 4: [], 6: [] };
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
    const socket = this.#socket(to.family);
    if (typeof socket === 'number') return Promise.resolve({ kind: 'unreachable', reason: errnoReason(socket) });
    return new Promise((resolve) => {
      const echo: Echo = { number: 0, to, timeoutMs, sentAtMs: Number.POSITIVE_INFINITY, resolve };
      if (!this.#waiting.add(echo)) {
        resolve({ kind: 'unreachable', reason: 'too many pings at once' });
        return;
      }
      this.#outboxes[to.family].push(echo);
      this.#scheduleTick();
    });
  }

  close(): void {
    this.#cancelTick?.();
    for (const echo of this.#waiting) this.#finish(echo, { kind: 'timeout' });
    for (const outbox of Object.values(this.#outboxes)) outbox.length = 0;
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

  #flush(family: IpFamily): void {
    const outbox = this.#outboxes[family];
    const socket = this.#sockets.get(family);
    if (outbox.length === 0 || socket === undefined || typeof socket === 'number') return;
    for (let first = 0; first < outbox.length; ) {
      const batch = first;
      for (; socket.hasRoom && first < outbox.length; first++) this.#queue(socket, outbox[first]!);
      const beganMs = this.#clock.monotonicMs();
      socket.flush((place, errno) =>
        this.#finish(outbox[batch + place]!, { kind: 'unreachable', reason: errnoReason(errno) }),
      );
      // They left one after another: a round trip in a local network is no longer than sending some dozen.
      const eachMs = (this.#clock.monotonicMs() - beganMs) / (first - batch);
      for (let i = batch; i < first; i++) outbox[i]!.sentAtMs = beganMs + (i - batch) * eachMs;
    }
    outbox.length = 0;
  }

  #queue(socket: LinuxIcmpSocket, echo: Echo): void {
    socket.queue(echo.to, (bytes, offset) =>
      writeEcho(bytes, offset, socket.family, this.#identifier, echo.number, this.#nonce),
    );
  }

  #scheduleTick(): void {
    if (this.#cancelTick || this.#waiting.size === 0) return;
    this.#cancelTick = atTickAfter(this.#clock, 0, () => {
      this.#cancelTick = undefined;
      this.#flush(4);
      this.#flush(6);
      this.#collect();
      this.#scheduleTick();
    });
  }

  #collect(): void {
    const nowMs = this.#clock.monotonicMs();
    const identifier = this.way === 'raw' ? this.#identifier : undefined;
    for (const [family, socket] of this.#sockets) {
      if (typeof socket === 'number') continue;
      socket.drain((bytes, from, to, sender, ageMs) => {
        const message = readIcmp(bytes, from, to, family, identifier, this.#nonce);
        if (message) this.#received(message, family, bytes, sender, this.#clock.monotonicMs() - ageMs);
      });
    }
    for (const echo of this.#waiting) {
      if (echo.sentAtMs + echo.timeoutMs <= nowMs) this.#finish(echo, { kind: 'timeout' });
    }
  }

  #received(message: IcmpMessage, family: IpFamily, bytes: Uint8Array, sender: number, atMs: number): void {
    const echo = this.#waiting.find(message.sequence);
    if (!echo || echo.to.family !== family) return;
    if (message.kind === 'error') {
      this.#finish(echo, { kind: 'unreachable', reason: message.reason });
    } else if (message.number === echo.number >>> 0 && echo.to.bytes.every((byte, i) => byte === bytes[sender + i])) {
      this.#finish(echo, { kind: 'reply', rttMs: Math.max(0, atMs - echo.sentAtMs) });
    }
  }

  #finish(echo: Echo, result: EchoResult): void {
    this.#waiting.remove(echo);
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
