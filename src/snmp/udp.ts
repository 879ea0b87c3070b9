/**
 * A few UDP sockets shared by all devices. Answers find their request by the message's ID (random, 31 bits) and must
 * come from the address and port that were asked. A socket that fails is closed, counted and opened anew.
 */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { SocketAddress } from 'node:net';
import type { Logger } from '../lib/logger.ts';
import { messageId } from './community.ts';

/** Kernel buffers overflow when thousands of answers meet a busy moment: spread them over several sockets. */
const SOCKETS_PER_FAMILY = 8;
const RECEIVE_BUFFER_BYTES = 4 << 20;
const MAX_ID = 0x7fffffff;
/**
 * Requests that wait for their first chance of an answer. More answers at once would not fit into the kernel's buffers;
 * silent devices hold a place until their time-out.
 */
const MAX_IN_FLIGHT = 600;

export interface UdpRequest {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  /** An answer with our ID. `fromOther` names the sender when it is not the one that was asked. */
  onAnswer(bytes: Uint8Array, fromOther: string | undefined): void;
  /** The bytes leave now: waiting for the answer begins. */
  onSent(): void;
  /** The operating system refused to send; `code` is its errno name. */
  onSendError(code: string): void;
}

/**
 * Stands for a request in tables, and lets go of it when it is over. Tables that thousands enter and leave are made anew
 * again and again; the old ones, and all that they lead to, stay in memory until the next full collection.
 */
interface Place {
  request: UdpRequest | undefined;
  /** What waits to be sent. */
  bytes: Uint8Array | undefined;
  isInFlight: boolean;
}

export interface UdpCounters {
  sent: number;
  received: number;
  /** Answers that nobody waits for: late, repeated, or not ours. */
  strays: number;
  socketErrors: number;
}

export class UdpPort {
  readonly counters: UdpCounters = { sent: 0, received: 0, strays: 0, socketErrors: 0 };
  readonly #log: Logger;
  readonly #waiting = new Map<number, Place>();
  #inFlight = 0;
  /** In order; some may be over meanwhile. */
  #queued: Place[] = [];
  readonly #sockets = { udp4: [] as (dgram.Socket | undefined)[], udp6: [] as (dgram.Socket | undefined)[] };
  #closed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** An ID that no waiting request has. */
  newId(): number {
    for (;;) {
      const id = randomInt(1, MAX_ID);
      if (!this.#waiting.has(id)) return id;
    }
  }

  /** Answers to `request.id` go to `request` until `forget`. */
  expect(request: UdpRequest): void {
    this.#waiting.set(request.id, { request, bytes: undefined, isInFlight: false });
  }

  forget(request: UdpRequest): void {
    const place = this.#waiting.get(request.id);
    if (place?.request !== request) return;
    this.#waiting.delete(request.id);
    place.request = undefined;
    place.bytes = undefined;
    this.#land(place);
  }

  /** The request was given up for now: others may be sent in its place. */
  landed(request: UdpRequest): void {
    const place = this.#waiting.get(request.id);
    if (place?.request === request) this.#land(place);
  }

  #land(place: Place): void {
    if (!place.isInFlight) return;
    place.isInFlight = false;
    this.#inFlight--;
    while (this.#inFlight < MAX_IN_FLIGHT && this.#queued.length > 0) {
      const next = this.#queued.shift()!;
      if (next.request && next.bytes) this.#send(next, next.request, next.bytes);
    }
  }

  /** Sends what is expected now, or as soon as fewer requests are in flight. */
  send(request: UdpRequest, bytes: Uint8Array): void {
    const place = this.#waiting.get(request.id);
    if (this.#closed || place?.request !== request) return;
    if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#send(place, request, bytes);
      return;
    }
    place.bytes = bytes;
    this.#queued.push(place);
  }

  #send(place: Place, request: UdpRequest, bytes: Uint8Array): void {
    this.counters.sent++;
    if (!place.isInFlight) this.#inFlight++;
    place.isInFlight = true;
    place.bytes = undefined;
    request.onSent();
    const socket = this.#socket(request.address.includes(':') ? 'udp6' : 'udp4', request);
    socket.send(bytes, 0, bytes.length, request.port, request.address, (error) => {
      if (error && place.request === request) {
        request.onSendError((error as NodeJS.ErrnoException).code ?? error.message);
      }
    });
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#queued = [];
    for (const sockets of Object.values(this.#sockets)) for (const socket of sockets) socket?.close();
    this.#sockets.udp4.length = 0;
    this.#sockets.udp6.length = 0;
  }

  #socket(family: 'udp4' | 'udp6', request: UdpRequest): dgram.Socket {
    const sockets = this.#sockets[family];
    // Any spread will do, as long as a request and its repetitions leave from the same port.
    const slot = request.id % SOCKETS_PER_FAMILY;
    const open = sockets[slot];
    if (open) return open;
    const socket = dgram.createSocket({
      type: family,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are literal here; the default look-up would cost a turn of the event loop for each packet.
      lookup: (host, _options, done) => done(null, host, family === 'udp4' ? 4 : 6),
    });
    socket.on('message', (message, from) => this.#received(message, from));
    socket.on('error', (error) => {
      this.counters.socketErrors++;
      this.#log.warn({ err: error, family }, 'an SNMP socket failed and is opened anew');
      if (sockets[slot] === socket) sockets[slot] = undefined;
      socket.close();
    });
    sockets[slot] = socket;
    return socket;
  }

  #received(message: Uint8Array, from: dgram.RemoteInfo): void {
    this.counters.received++;
    const id = messageId(message);
    const request = id === undefined ? undefined : this.#waiting.get(id)?.request;
    if (!request) {
      this.counters.strays++;
      return;
    }
    const isAsked = from.port === request.port && from.address === request.address;
    request.onAnswer(message, isAsked || isSameAddress(from, request) ? undefined : `${from.address}:${from.port}`);
  }
}

/** IPv6 addresses have several spellings. */
function isSameAddress(from: dgram.RemoteInfo, request: UdpRequest): boolean {
  if (from.port !== request.port || from.family !== 'IPv6') return false;
  const [asked, zone] = request.address.split('%');
  const [address, fromZone] = from.address.split('%');
  const canonical = new SocketAddress({ address: asked ?? '', family: 'ipv6' }).address;
  return canonical === address && (zone === undefined || fromZone === undefined || zone === fromZone);
}
