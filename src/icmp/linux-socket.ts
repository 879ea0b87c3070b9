/**
 * One ICMP socket on Linux, raw or datagram. Packets go out and come in by the batch (sendmmsg, recvmmsg), and the
 * kernel's time of arrival is read with them, so that round-trip times do not depend on how busy this thread is.
 * Layouts are those of 64-bit Linux: mmsghdr 64 bytes (msghdr 56, msg_len 4), iovec 16, sockaddr_in6 28, cmsghdr 16.
 */
import type { IpBytes } from '../lib/ip-bytes.ts';
import type { Libc } from './libc.ts';
import { ECHO_BYTES, type IpFamily } from './packet.ts';

export const BATCH = 64;
const PACKET_BYTES = 256;
const NAME_BYTES = 32;
const CONTROL_BYTES = 64;
const HEADER_BYTES = 64;
const IOVEC_BYTES = 16;

const AF = { 4: 2, 6: 10 } as const;
const PROTOCOL = { 4: 1, 6: 58 } as const;
const SOCK = { raw: 3, datagram: 2, nonBlockingCloseOnExec: 0o2004000 } as const;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_TIMESTAMPNS = 35;
const SOL_RAW = 255;
const MSG_DONTWAIT = 0x40;
const CLOCK_REALTIME = 0;
const RECEIVE_BUFFER_BYTES = 4 << 20;
export const ERRNO = { EPERM: 1, EAGAIN: 11, EACCES: 13, ENETUNREACH: 101, EHOSTUNREACH: 113, ENOBUFS: 105 } as const;

/** A packet stands in [from, to) of `bytes`, its sender's 4 or 16 bytes at `sender`; valid during the call. */
export type ReceivePacket = (bytes: Uint8Array, from: number, to: number, sender: number, ageMs: number) => void;

interface Ring {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Where the parts of a ring are. */
const IOVECS = BATCH * HEADER_BYTES;
const NAMES = IOVECS + BATCH * IOVEC_BYTES;
const CONTROLS = NAMES + BATCH * NAME_BYTES;
const PACKETS = CONTROLS + BATCH * CONTROL_BYTES;
/** The time of the last receipt. */
const NOW = PACKETS + BATCH * PACKET_BYTES;
const RING_BYTES = NOW + 16;

export class LinuxIcmpSocket {
  readonly family: IpFamily;
  readonly isRaw: boolean;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #out: Ring;
  readonly #in: Ring;
  #queued = 0;

  /** @returns the socket, or the errno that says why there is none */
  static open(libc: Libc, family: IpFamily, isRaw: boolean): LinuxIcmpSocket | number {
    const type = (isRaw ? SOCK.raw : SOCK.datagram) | SOCK.nonBlockingCloseOnExec;
    const fd = libc.socket(AF[family], type, PROTOCOL[family]);
    return fd < 0 ? libc.errno() : new LinuxIcmpSocket(libc, family, isRaw, fd);
  }

  private constructor(libc: Libc, family: IpFamily, isRaw: boolean, fd: number) {
    this.family = family;
    this.isRaw = isRaw;
    this.#libc = libc;
    this.#fd = fd;
    this.#setOption(SOL_SOCKET, SO_TIMESTAMPNS, int32(1));
    if (!this.#setOption(SOL_SOCKET, SO_RCVBUFFORCE, int32(RECEIVE_BUFFER_BYTES))) {
      this.#setOption(SOL_SOCKET, SO_RCVBUF, int32(RECEIVE_BUFFER_BYTES));
    }
    if (isRaw) this.#filter();
    this.#out = ring(libc, ECHO_BYTES);
    this.#in = ring(libc, PACKET_BYTES);
    for (let slot = 0; slot < BATCH; slot++) this.#emptySlot(slot);
  }

  #setOption(level: number, name: number, value: Uint8Array): boolean {
    return this.#libc.setsockopt(this.#fd, level, name, value, value.length) === 0;
  }

  /** Raw sockets get every ICMP message of the machine: let only echo replies and errors through. */
  #filter(): void {
    if (this.family === 4) {
      this.#setOption(SOL_RAW, 1, int32(~((1 << 0) | (1 << 3) | (1 << 11))));
      return;
    }
    const blocked = new Uint8Array(32).fill(0xff);
    for (const type of [1, 3, 129]) {
      // Words of 32 bits in the machine's order, which is little-endian wherever Node runs.
      blocked[(type >> 5) * 4 + ((type & 31) >> 3)]! &= ~(1 << (type & 7));
    }
    this.#setOption(PROTOCOL[6], 1, blocked);
  }

  get hasRoom(): boolean {
    return this.#queued < BATCH;
  }

  /** Queues one packet; `write` fills it in. Sent by `flush`. */
  queue(to: IpBytes, write: (bytes: Uint8Array, offset: number) => void): void {
    const slot = this.#queued++;
    const { view, bytes } = this.#out;
    const name = NAMES + slot * NAME_BYTES;
    bytes.fill(0, name, name + NAME_BYTES);
    view.setUint16(name, AF[this.family], true);
    const first = name + (this.family === 4 ? 4 : 8);
    for (let i = 0; i < to.bytes.length; i++) bytes[first + i] = to.bytes[i]!;
    if (this.family === 6) view.setUint32(name + 24, to.scope, true);
    view.setUint32(slot * HEADER_BYTES + 8, this.family === 4 ? 16 : 28, true);
    write(bytes, PACKETS + slot * PACKET_BYTES);
  }

  /**
   * Sends what is queued. `onRefused` is told of packets that the system does not send, by their place in the queue.
   */
  flush(onRefused: (place: number, errno: number) => void): void {
    let done = 0;
    while (done < this.#queued) {
      const address = this.#out.address + BigInt(done * HEADER_BYTES);
      const sent = this.#libc.sendmmsg(this.#fd, address, this.#queued - done, MSG_DONTWAIT);
      if (sent > 0) done += sent;
      else onRefused(done++, this.#libc.errno());
    }
    this.#queued = 0;
  }

  /** Hands over everything that has arrived, with the age of each packet. */
  drain(onPacket: ReceivePacket): void {
    const { view, bytes, address } = this.#in;
    for (;;) {
      const count = this.#libc.recvmmsg(this.#fd, address, BATCH, MSG_DONTWAIT, null);
      if (count <= 0) return;
      this.#libc.clockGettime(CLOCK_REALTIME, address + BigInt(NOW));
      const nowMs = timespecMs(view, NOW);
      for (let slot = 0; slot < count; slot++) {
        const packet = PACKETS + slot * PACKET_BYTES;
        const length = Math.min(PACKET_BYTES, view.getUint32(slot * HEADER_BYTES + 56, true));
        const name = NAMES + slot * NAME_BYTES + (this.family === 4 ? 4 : 8);
        onPacket(bytes, packet, packet + length, name, this.#ageMs(slot, nowMs));
        this.#emptySlot(slot);
      }
      if (count < BATCH) return;
    }
  }

  /** Says how much room there is; the kernel writes over it how much it used. */
  #emptySlot(slot: number): void {
    const { view } = this.#in;
    view.setUint32(slot * HEADER_BYTES + 8, NAME_BYTES, true);
    view.setUint32(slot * HEADER_BYTES + 40, CONTROL_BYTES, true);
    view.setUint32(slot * HEADER_BYTES + 44, 0, true);
  }

  #ageMs(slot: number, nowMs: number): number {
    const { view } = this.#in;
    const control = CONTROLS + slot * CONTROL_BYTES;
    const has = view.getUint32(slot * HEADER_BYTES + 40, true) >= 32;
    if (!has || view.getUint32(control + 12, true) !== SO_TIMESTAMPNS) return 0;
    return Math.max(0, nowMs - timespecMs(view, control + 16));
  }

  close(): void {
    this.#libc.close(this.#fd);
  }
}

function ring(libc: Libc, packetBytes: number): Ring {
  const { address, bytes } = libc.allocate(RING_BYTES);
  bytes.fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (offset: number) => address + BigInt(offset);
  for (let slot = 0; slot < BATCH; slot++) {
    const header = slot * HEADER_BYTES;
    const iovec = IOVECS + slot * IOVEC_BYTES;
    view.setBigUint64(header, at(NAMES + slot * NAME_BYTES), true);
    view.setBigUint64(header + 16, at(iovec), true);
    view.setBigUint64(header + 24, 1n, true);
    view.setBigUint64(header + 32, at(CONTROLS + slot * CONTROL_BYTES), true);
    view.setBigUint64(iovec, at(PACKETS + slot * PACKET_BYTES), true);
    view.setBigUint64(iovec + 8, BigInt(packetBytes), true);
  }
  return { address, bytes, view };
}

function timespecMs(view: DataView, at: number): number {
  // Of the seconds the low half is enough: times are compared with others of the same minute.
  return view.getUint32(at, true) * 1000 + view.getUint32(at + 8, true) / 1e6;
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
