/**
 * Pings on Windows: IcmpSendEcho and Icmp6SendEcho2 of iphlpapi, which need no administrator. Each call waits in a worker
 * thread of the system's pool, so only a few run at once; others queue. Reply times come in whole milliseconds from
 * the system; our own clock is finer and is used where both agree.
 */
import type { Clock } from '../lib/clock.ts';
import { ipBytes } from '../lib/ip-bytes.ts';
import type { EchoResult, Pinger } from './echo.ts';

/** Threads of the pool are shared with DNS, password hashing and files: leave some. */
const MAX_CALLS = 2;
const PAYLOAD_BYTES = 12;
const REPLY_BYTES = 256;
const SOCKADDR_IN6_BYTES = 28;
const AF_INET6 = 23;
/** Offsets in ICMP_ECHO_REPLY and ICMPV6_ECHO_REPLY. */
const REPLY_OFFSET = { 4: { status: 4, rtt: 8 }, 6: { status: 28, rtt: 32 } } as const;
const IP_SUCCESS = 0;
const IP_REQ_TIMED_OUT = 11010;

/** A koffi function that runs off-thread: arguments, then a Node callback. */
type AsyncCall = { async(...args: unknown[]): void };
type Run = (done: () => void) => void;

interface Iphlpapi {
  readonly handle4: unknown;
  readonly handle6: unknown;
  readonly sendEcho4: AsyncCall;
  readonly sendEcho6: AsyncCall;
  closeHandle(handle: unknown): unknown;
}

/** @throws Error when iphlpapi cannot be used */
export async function openWindowsPinger(clock: Clock): Promise<Pinger> {
  const koffi = (await import('koffi')).default;
  const library = koffi.load('iphlpapi.dll');
  const createFile4 = library.func('void *__stdcall IcmpCreateFile()');
  const createFile6 = library.func('void *__stdcall Icmp6CreateFile()');
  return new WindowsPinger(clock, {
    handle4: createFile4(),
    handle6: createFile6(),
    sendEcho4: library.func(
      'uint32_t __stdcall IcmpSendEcho(void *handle, uint32_t address, const uint8_t *data, uint16_t size, void *options, _Out_ uint8_t *reply, uint32_t replySize, uint32_t timeout)',
    ) as unknown as AsyncCall,
    sendEcho6: library.func(
      'uint32_t __stdcall Icmp6SendEcho2(void *handle, void *event, void *apc, void *context, const uint8_t *source, const uint8_t *target, const uint8_t *data, uint16_t size, void *options, _Out_ uint8_t *reply, uint32_t replySize, uint32_t timeout)',
    ) as unknown as AsyncCall,
    closeHandle: library.func('int __stdcall IcmpCloseHandle(void *handle)'),
  });
}

class WindowsPinger implements Pinger {
  readonly way = 'windows';
  readonly sentence = 'Pings go through Windows (IcmpSendEcho).';
  readonly #clock: Clock;
  readonly #api: Iphlpapi;
  readonly #payload = new Uint8Array(PAYLOAD_BYTES);
  readonly #queue: Run[] = [];
  #running = 0;

  constructor(clock: Clock, api: Iphlpapi) {
    this.#clock = clock;
    this.#api = api;
  }

  ping(address: string, timeoutMs: number): Promise<EchoResult> {
    const to = ipBytes(address);
    if (!to) return Promise.resolve({ kind: 'unreachable', reason: `${address} is not an IP address` });
    return new Promise((resolve) => {
      this.#queue.push((done) => {
        const startMs = this.#clock.monotonicMs();
        const reply = new Uint8Array(REPLY_BYTES);
        const answered = (error: unknown, count: number) => {
          done();
          if (error) resolve({ kind: 'unreachable', reason: String(error) });
          else resolve(this.#result(to.family, reply, count, this.#clock.monotonicMs() - startMs));
        };
        if (to.family === 4) this.#send4(to.bytes, reply, timeoutMs, answered);
        else this.#send6(to.bytes, to.scope, reply, timeoutMs, answered);
      });
      this.#next();
    });
  }

  close(): void {
    this.#queue.length = 0;
    this.#api.closeHandle(this.#api.handle4);
    this.#api.closeHandle(this.#api.handle6);
  }

  #next(): void {
    while (this.#running < MAX_CALLS) {
      const run = this.#queue.shift();
      if (!run) return;
      this.#running++;
      run(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  #send4(
    bytes: readonly number[],
    reply: Uint8Array,
    timeoutMs: number,
    answered: (error: unknown, count: number) => void,
  ): void {
    const address = new DataView(Uint8Array.from(bytes).buffer).getUint32(0, true);
    const { handle4, sendEcho4 } = this.#api;
    sendEcho4.async(handle4, address, this.#payload, PAYLOAD_BYTES, null, reply, REPLY_BYTES, timeoutMs, answered);
  }

  #send6(
    bytes: readonly number[],
    scope: number,
    reply: Uint8Array,
    timeoutMs: number,
    answered: (error: unknown, count: number) => void,
  ): void {
    const source = sockaddr6(new Array<number>(16).fill(0), 0);
    const target = sockaddr6(bytes, scope);
    const { handle6, sendEcho6 } = this.#api;
    const { length } = this.#payload;
    sendEcho6.async(
      handle6,
      null,
      null,
      null,
      source,
      target,
      this.#payload,
      length,
      null,
      reply,
      REPLY_BYTES,
      timeoutMs,
      answered,
    );
  }

  #result(family: 4 | 6, reply: Uint8Array, count: number, elapsedMs: number): EchoResult {
    const view = new DataView(reply.buffer);
    const status = view.getUint32(REPLY_OFFSET[family].status, true);
    if (count > 0 && status === IP_SUCCESS) {
      const systemMs = view.getUint32(REPLY_OFFSET[family].rtt, true);
      return { kind: 'reply', rttMs: Math.abs(elapsedMs - systemMs) <= 1 ? elapsedMs : systemMs };
    }
    if (status === IP_REQ_TIMED_OUT || status === IP_SUCCESS) return { kind: 'timeout' };
    return { kind: 'unreachable', reason: `Windows says: IP status ${status}` };
  }
}

function sockaddr6(bytes: readonly number[], scope: number): Uint8Array {
  const address = new Uint8Array(SOCKADDR_IN6_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_INET6, true);
  address.set(bytes, 8);
  view.setUint32(24, scope, true);
  return address;
}
