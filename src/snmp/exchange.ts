/**
 * One request and its answer: sent within the device's packet budget, repeated with growing time-outs, ended by the
 * first usable answer. A damaged answer counts as lost and is asked for again at once. Repetitions carry the same ID, so
 * that a late answer to the first one still counts.
 */
import type { Clock } from '../lib/clock.ts';
import { BerError } from './ber.ts';
import { failure, type SnmpFailure, sendFailure } from './failure.ts';
import type { LossEstimator } from './loss.ts';
import type { PacketBudget } from './packet-budget.ts';
import type { RttEstimator } from './rtt.ts';
import type { UdpPort, UdpRequest } from './udp.ts';

/** A timer that fires later than this says that the thread was busy. */
const BUSY_MS = 20;
const MAX_GRACE_MS = 500;

export interface ExchangeCounters {
  /** Packets sent, repetitions included. */
  requests: number;
  timeouts: number;
  varbinds: number;
}

/** Cancels the current request of a session without a listener for each. */
export interface Cancellation {
  isCancelled: boolean;
  current: (() => void) | undefined;
}

export interface ExchangePeer {
  readonly udp: UdpPort;
  readonly clock: Clock;
  readonly budget: PacketBudget;
  readonly rtt: RttEstimator;
  readonly loss: LossEstimator;
  readonly address: string;
  readonly port: number;
  readonly counters: ExchangeCounters;
  /** Holds what cancels the request that is under way; a device has one at a time. */
  readonly cancellation: Cancellation;
}

/** Reads an answer: what it holds, or why it is not the one that was waited for. @throws BerError */
export type DecodeAnswer<T> = (bytes: Uint8Array) => T | { readonly kind: 'rejected'; readonly reason: string };

/** Sends `bytes` up to `1 + retries` times. */
export function exchange<T extends object>(
  peer: ExchangePeer,
  id: number,
  bytes: Uint8Array,
  retries: number,
  decode: DecodeAnswer<T>,
): Promise<T | SnmpFailure> {
  return new Promise((resolve) => new Exchange(peer, id, bytes, retries, decode, resolve).start());
}

class Exchange<T extends object> implements UdpRequest {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  readonly #peer: ExchangePeer;
  readonly #bytes: Uint8Array;
  readonly #retries: number;
  readonly #decode: DecodeAnswer<T>;
  readonly #resolve: (value: T | SnmpFailure) => void;
  #attempt = 0;
  #sentAtMs = 0;
  #cancelTimer: (() => void) | undefined;
  /** Why an answer that did come was of no use. */
  #problem: SnmpFailure | undefined;

  constructor(
    peer: ExchangePeer,
    id: number,
    bytes: Uint8Array,
    retries: number,
    decode: DecodeAnswer<T>,
    resolve: (value: T | SnmpFailure) => void,
  ) {
    this.id = id;
    this.address = peer.address;
    this.port = peer.port;
    this.#peer = peer;
    this.#bytes = bytes;
    this.#retries = retries;
    this.#decode = decode;
    this.#resolve = resolve;
  }

  start(): void {
    const { cancellation } = this.#peer;
    if (cancellation.isCancelled) {
      this.#resolve(failure('cancelled', 'The request was cancelled.'));
      return;
    }
    cancellation.current = () => this.#finish(failure('cancelled', 'The request was cancelled.'));
    this.#peer.udp.expect(this);
    this.#book();
  }

  onAnswer(bytes: Uint8Array, fromOther: string | undefined): void {
    if (fromOther !== undefined) {
      this.#problem = failure(
        'answered_from_other_address',
        `The device answers from ${fromOther} instead of ${this.address}:${this.port}: use that address for it, or make its agent answer from the address it was asked at.`,
      );
      return;
    }
    let answer: T | { readonly kind: 'rejected'; readonly reason: string };
    try {
      answer = this.#decode(bytes);
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
      answer = { kind: 'rejected', reason: error.message };
    }
    if ('kind' in answer && answer.kind === 'rejected') {
      const reason = (answer as { reason: string }).reason;
      this.#problem = failure('bad_response', `The device's answer cannot be used: ${reason}.`);
      this.#again();
      return;
    }
    this.#peer.loss.answered(this.#attempt);
    if (this.#attempt === 0) this.#peer.rtt.measured(this.#peer.clock.monotonicMs() - this.#sentAtMs);
    this.#finish(answer as T);
  }

  onSendError(code: string): void {
    this.#finish(sendFailure(code, this.address));
  }

  onSent(): void {
    const { clock, rtt, counters } = this.#peer;
    this.#sentAtMs = clock.monotonicMs();
    counters.requests++;
    this.#wait(rtt.timeoutMs(this.#attempt));
  }

  #wait(ms: number): void {
    const { clock } = this.#peer;
    const dueMs = clock.monotonicMs() + ms;
    this.#cancelTimer = clock.after(ms, () => {
      const lateMs = clock.monotonicMs() - dueMs;
      // This thread was busy: the answer may be here and not be read yet.
      if (lateMs > BUSY_MS) this.#wait(Math.min(lateMs, MAX_GRACE_MS));
      else this.#timedOut();
    });
  }

  #timedOut(): void {
    const { rtt, counters, udp } = this.#peer;
    counters.timeouts++;
    rtt.timedOut();
    udp.landed(this);
    this.#again();
  }

  #book(): void {
    const waitMs = this.#peer.budget.take();
    const send = () => this.#peer.udp.send(this, this.#bytes);
    if (waitMs > 0) this.#cancelTimer = this.#peer.clock.after(Math.ceil(waitMs), send);
    else send();
  }

  #again(): void {
    this.#cancelTimer?.();
    if (this.#attempt >= this.#retries) {
      this.#finish(this.#problem ?? failure('timeout', `No answer to SNMP from ${this.address}:${this.port}.`));
      return;
    }
    this.#attempt++;
    this.#book();
  }

  #finish(value: T | SnmpFailure): void {
    this.#cancelTimer?.();
    this.#peer.udp.forget(this);
    this.#peer.cancellation.current = undefined;
    this.#resolve(value);
  }
}
