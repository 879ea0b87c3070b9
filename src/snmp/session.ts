/**
 * SNMP with one device: GET, GETNEXT and walks of columns, one request at a time. Remembers what the device can stand
 * (version, GETBULK, answer size, time-outs) and, for SNMPv3, its engine; survives the device's reboots.
 */
import type { Clock } from '../lib/clock.ts';
import { type CommunityVersion, decodeCommunityMessage, encodeCommunityMessage } from './community.ts';
import type { SnmpCredential } from './credential.ts';
import type { EngineRegistry } from './engine-registry.ts';
import { type ExchangeCounters, type ExchangePeer, exchange } from './exchange.ts';
import { isFailure, type SnmpFailure } from './failure.ts';
import { LossEstimator } from './loss.ts';
import type { PacketBudget } from './packet-budget.ts';
import { PDU, type RequestPdu, type ResponsePdu } from './pdu.ts';
import { RttEstimator } from './rtt.ts';
import { DeviceTraits } from './traits.ts';
import type { UdpPort } from './udp.ts';
import { UserExchange } from './user-exchange.ts';

/** Repetitions of a request before it counts as failed. */
export const RETRIES = 2;
/** Of each request over a link that loses some: a poll is many requests, and one that is lost spoils it. */
const MORE_RETRIES = 3;
/** 1.3.6.1.2.1.1.2.0, sysObjectID: the one object that every agent has. */
const SYS_OBJECT_ID = Uint8Array.of(43, 6, 1, 2, 1, 1, 2, 0);

export interface SnmpSessionOptions {
  readonly udp: UdpPort;
  readonly clock: Clock;
  readonly engines: EngineRegistry;
  /** Literal IPv4 or IPv6 address. */
  readonly address: string;
  readonly credential: SnmpCredential;
  /** Shared by everything that asks this device. */
  readonly budget: PacketBudget;
  readonly retries?: number;
}

export class SnmpSession {
  readonly address: string;
  readonly port: number;
  readonly traits = new DeviceTraits();
  /** Since the session began. */
  readonly counters: ExchangeCounters = { requests: 0, timeouts: 0, varbinds: 0 };
  readonly #rtt = new RttEstimator();
  readonly #loss = new LossEstimator();
  readonly #retries: number;
  readonly #user: UserExchange | undefined;
  readonly #community: Uint8Array;
  #version: CommunityVersion;
  /** Repeats requests as often as it was told to; otherwise once, because the device has been silent. Ends with an answer. */
  isPatient = true;
  /** Requests that were answered. */
  answers = 0;
  #hasAnswered = false;
  #signal: AbortSignal | undefined;
  readonly #peer: ExchangePeer;

  constructor(options: SnmpSessionOptions) {
    const { credential } = options;
    this.address = options.address;
    this.port = credential.port;
    this.#peer = {
      udp: options.udp,
      clock: options.clock,
      budget: options.budget,
      rtt: this.#rtt,
      loss: this.#loss,
      address: options.address,
      port: credential.port,
      counters: this.counters,
      cancellation: { isCancelled: false, current: undefined },
    };
    this.#retries = options.retries ?? RETRIES;
    this.#version = credential.version === 'v1' ? 0 : 1;
    this.traits.hasBulk = credential.version !== 'v1';
    this.#community = credential.version === 'v3' ? new Uint8Array(0) : Buffer.from(credential.community);
    if (credential.version === 'v3') {
      this.#user = new UserExchange(credential, options.engines, options.clock, this.traits);
    }
  }

  /** From now on requests end early when `signal` aborts. */
  cancelWith(signal: AbortSignal): void {
    const { cancellation } = this.#peer;
    cancellation.isCancelled = signal.aborted;
    this.#signal = signal;
    const onAbort = () => {
      if (this.#signal !== signal) return;
      cancellation.isCancelled = true;
      cancellation.current?.();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  }

  /** Version in use: `v1` when a device asked in v2c answers only v1. */
  get version(): 'v1' | 'v2c' | 'v3' {
    return this.#user ? 'v3' : this.#version === 0 ? 'v1' : 'v2c';
  }

  /** SNMPv3 engine ID in hex, once known. */
  get engineId(): string | undefined {
    return this.#user?.engineId;
  }

  /** Smoothed round-trip time in milliseconds, -1 while unknown. */
  get rttMs(): number {
    return this.#rtt.smoothedMs;
  }

  /** One request and its answer, whatever error status it has. */
  async request(pdu: RequestPdu): Promise<ResponsePdu | SnmpFailure> {
    const peer = this.#peer;
    const retries = this.#repeats();
    let answer = this.#user
      ? await this.#user.request(peer, pdu, retries)
      : await this.#communityRequest(peer, pdu, this.#version, retries);
    const isFirst = !this.#hasAnswered && this.#version === 1 && !this.#user && pdu.type !== PDU.getBulk;
    if (isFirst && isFailure(answer) && answer.code === 'timeout') {
      const fallback = await this.#tryVersion1(peer, pdu);
      if (fallback) answer = fallback;
    }
    if (!isFailure(answer)) {
      this.#hasAnswered = true;
      this.isPatient = true;
      this.answers++;
    }
    return answer;
  }

  /** How often a request is repeated. */
  #repeats(): number {
    if (!this.isPatient) return Math.min(1, this.#retries);
    return this.#retries + (this.#loss.isLossy ? MORE_RETRIES : 0);
  }

  /** Gives back what the registry of engine IDs holds for this device. */
  close(): void {
    this.#user?.close(this.address);
  }

  #communityRequest(
    peer: ExchangePeer,
    pdu: RequestPdu,
    version: CommunityVersion,
    retries: number,
  ): Promise<ResponsePdu | SnmpFailure> {
    const id = peer.udp.newId();
    const bytes = encodeCommunityMessage(version, this.#community, pdu, id);
    return exchange(peer, id, bytes, retries, (message) => decodeCommunityMessage(message, version));
  }

  /** Agents that know only SNMPv1 drop other versions without a word. */
  async #tryVersion1(peer: ExchangePeer, pdu: RequestPdu): Promise<ResponsePdu | SnmpFailure | undefined> {
    const test: RequestPdu = { type: PDU.get, oids: [SYS_OBJECT_ID], maxRepetitions: 0 };
    const answer = await this.#communityRequest(peer, test, 0, 0);
    if (isFailure(answer)) return undefined;
    this.#version = 0;
    this.traits.hasBulk = false;
    this.traits.warn(
      'v1_only',
      'The device answers SNMPv1 only, although its credential says v2c: 64-bit counters are not available.',
    );
    return this.#communityRequest(peer, pdu, 0, this.#retries);
  }
}
