/**
 * Pings on Windows: IcmpSendEcho and Icmp6SendEcho2 of iphlpapi, which need no administrator. Each call waits in a worker
 * thread of the system's pool, so only a few run at once; others queue, and addresses that were silent last time queue
 * apart, so that they hold up only each other. (The variant that does not wait corrupted memory
 * when it was tried, under Wine 8.) Reply times come in whole milliseconds from the system; our own clock is finer and is
 * used where both agree.
 */
import type { Clock } from '../lib/clock.ts';
import { ipBytes } from '../lib/ip-bytes.ts';
import type { EchoResult, Pinger } from './echo.ts';

/** Calls at a time. The four threads of the pool are shared with DNS, password hashing and files: one is left. */
const MAX_CALLS = { lively: 2, silent: 1 } as const;
type Lane = keyof typeof MAX_CALLS;
const PAYLOAD_BYTES = 12;
const REPLY_BYTES = 256;
const SOCKADDR_IN6_BYTES = 28;
const AF_INET6 = 23;
const NOT_SENT = 'Windows could not send the message: no way leads there';
/** Offsets in ICMP_ECHO_REPLY and ICMPV6_ECHO_REPLY. */
const REPLY_OFFSET = { 4: { status: 4, rtt: 8 }, 6: { status: 28, rtt: 32 } } as const;
const IP_SUCCESS = 0;
const IP_REQ_TIMED_OUT = 11010;
const INVALID_HANDLE = -1;
/** IP_STATUS codes that people can do something about. */
const REASONS: Readonly<Record<number, string>> = {
  11002: 'no way leads to its network',
  11003: 'a router says that the host cannot be reached',
  11004: 'the host refuses ICMP',
  11005: 'the host refuses the message',
  11013: 'the way there is too long: the time to live ran out',
  11018: 'it is no address that can be pinged',
  11050: NOT_SENT,
};

/** A koffi function that runs off-thread: arguments, then a Node callback. */
type AsyncCall = { async(...args: unknown[]): void };
type Run = (done: () => void) => void;

type Handle = number | bigint;

interface Queued {
  readonly run: Run;
  readonly drop: () => void;
}

export interface Iphlpapi {
  readonly handle4: Handle;
  /** Undefined where the system has no IPv6. */
  readonly handle6: Handle | undefined;
  readonly sendEcho4: AsyncCall;
  readonly sendEcho6: AsyncCall;
  closeHandle(handle: Handle): unknown;
}

/** @throws Error when iphlpapi cannot be used */
export async function openWindowsPinger(clock: Clock): Promise<Pinger> {
  const koffi = (await import('koffi')).default;
  const library = koffi.load('iphlpapi.dll');
  const createFile4 = library.func('intptr_t __stdcall IcmpCreateFile()');
  const createFile6 = library.func('intptr_t __stdcall Icmp6CreateFile()');
  const handle4 = createFile4() as Handle;
  const handle6 = createFile6() as Handle;
  if (Number(handle4) === INVALID_HANDLE) throw new Error('Windows gives no handle for echo requests');
  return new WindowsPinger(clock, {
    handle4,
    handle6: Number(handle6) === INVALID_HANDLE ? undefined : handle6,
    sendEcho4: library.func(
      'uint32_t __stdcall IcmpSendEcho(intptr_t handle, uint32_t address, const uint8_t *data, uint16_t size, void *options, _Out_ uint8_t *reply, uint32_t replySize, uint32_t timeout)',
    ) as unknown as AsyncCall,
    sendEcho6: library.func(
      'uint32_t __stdcall Icmp6SendEcho2(intptr_t handle, void *event, void *apc, void *context, const uint8_t *source, const uint8_t *target, const uint8_t *data, uint16_t size, void *options, _Out_ uint8_t *reply, uint32_t replySize, uint32_t timeout)',
    ) as unknown as AsyncCall,
    closeHandle: library.func('int __stdcall IcmpCloseHandle(intptr_t handle)'),
  });
}

export class WindowsPinger implements Pinger {
  readonly way = 'windows';
  readonly sentence = 'Pings go through Windows (IcmpSendEcho).';
  readonly #clock: Clock;
  readonly #api: Iphlpapi;
  readonly #payload = new Uint8Array(PAYLOAD_BYTES);
  readonly #queues: Readonly<Record<Lane, Queued[]>> = { lively: [], silent: [] };
  readonly #running: Record<Lane, number> = { lively: 0, silent: 0 };
  /** Addresses that did not answer last time. */
  readonly #silent = new Set<string>();
  #isClosed = false;

  constructor(clock: Clock, api: Iphlpapi) {
    this.#clock = clock;
    this.#api = api;
  }

  ping(address: string, timeoutMs: number): Promise<EchoResult> {
    const to = ipBytes(address);
    if (!to) return Promise.resolve({ kind: 'unreachable', reason: `${address} is not an IP address` });
    if (to.family === 6 && this.#api.handle6 === undefined) {
      return Promise.resolve({ kind: 'unreachable', reason: 'this system has no IPv6' });
    }
    if (this.#isClosed) return Promise.resolve({ kind: 'timeout' });
    return new Promise((resolve) => {
      const run: Run = (done) => {
        const startMs = this.#clock.monotonicMs();
        const reply = new Uint8Array(REPLY_BYTES);
        const answered = (error: unknown, count: number) => {
          done();
          if (error) {
            resolve({ kind: 'unreachable', reason: String(error) });
            return;
          }
          const result = this.#result(to.family, reply, count, this.#clock.monotonicMs() - startMs, timeoutMs);
          if (result.kind === 'timeout') this.#silent.add(address);
          else this.#silent.delete(address);
          resolve(result);
        };
        if (to.family === 4) this.#send4(to.bytes, reply, timeoutMs, answered);
        else this.#send6(to.bytes, to.scope, reply, timeoutMs, answered);
      };
      const lane = this.#silent.has(address) ? 'silent' : 'lively';
      this.#queues[lane].push({ run, drop: () => resolve({ kind: 'timeout' }) });
      this.#next(lane);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const queue of Object.values(this.#queues)) for (const { drop } of queue.splice(0)) drop();
    this.#releaseIfIdle();
  }

  /** The handles, when no call uses them any more. */
  #releaseIfIdle(): void {
    if (this.#running.lively + this.#running.silent > 0) return;
    const { handle4, handle6, closeHandle } = this.#api;
    closeHandle(handle4);
    if (handle6 !== undefined) closeHandle(handle6);
  }

  #next(lane: Lane): void {
    while (this.#running[lane] < MAX_CALLS[lane]) {
      const next = this.#queues[lane].shift();
      if (!next) return;
      this.#running[lane]++;
      next.run(() => {
        this.#running[lane]--;
        if (this.#isClosed) this.#releaseIfIdle();
        else this.#next(lane);
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

  #result(family: 4 | 6, reply: Uint8Array, count: number, elapsedMs: number, timeoutMs: number): EchoResult {
    const view = new DataView(reply.buffer);
    const status = view.getUint32(REPLY_OFFSET[family].status, true);
    if (count > 0 && status === IP_SUCCESS) {
      const systemMs = view.getUint32(REPLY_OFFSET[family].rtt, true);
      return { kind: 'reply', rttMs: Math.abs(elapsedMs - systemMs) <= 1 ? elapsedMs : systemMs };
    }
    // A call that fails at once leaves no status behind, and its error code stays with the thread that made it.
    if (status === IP_SUCCESS && elapsedMs < timeoutMs / 2) return { kind: 'unreachable', reason: NOT_SENT };
    if (status === IP_REQ_TIMED_OUT || status === IP_SUCCESS) return { kind: 'timeout' };
    return { kind: 'unreachable', reason: REASONS[status] ?? `Windows says: IP status ${status}` };
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
