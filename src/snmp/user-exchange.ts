/**
 * SNMPv3 requests of one user to one device: finds its engine, signs, follows its clock through reboots, and turns
 * reports into failures that name what is wrong.
 */
import type { Clock } from '../lib/clock.ts';
import type { UserCredential } from './credential.ts';
import type { EngineRegistry } from './engine-registry.ts';
import { type ExchangePeer, exchange } from './exchange.ts';
import { failure, isFailure, type SnmpFailure, usmFailure } from './failure.ts';
import { PDU, type RequestPdu, type ResponsePdu } from './pdu.ts';
import type { DeviceTraits } from './traits.ts';
import { type UsmAnswer, UsmEngine } from './usm.ts';

const USM_STATS = '1.3.6.1.6.3.15.1.1.';
const UNKNOWN_CONTEXTS = '1.3.6.1.6.3.12.1.5.0';
const UNAVAILABLE_CONTEXTS = '1.3.6.1.6.3.12.1.4.0';
const REPORT = { unsupportedLevel: 1, notInTimeWindow: 2, unknownEngineId: 4 } as const;
/** Discovery, time, a changed engine: more rounds than this means that the device contradicts itself. */
const MAX_ROUNDS = 4;
/** 1.3.6.1.2.1.1.2.0 */
const SYS_OBJECT_ID = Uint8Array.of(43, 6, 1, 2, 1, 1, 2, 0);

type Usable = Exclude<UsmAnswer, { kind: 'rejected' }>;
type Report = Extract<UsmAnswer, { kind: 'report' }>;

export class UserExchange {
  readonly #credential: UserCredential;
  readonly #engines: EngineRegistry;
  readonly #traits: DeviceTraits;
  readonly #engine: UsmEngine;
  /** An answer to an encrypted request has been read with these keys. */
  #isProven = false;

  constructor(credential: UserCredential, engines: EngineRegistry, clock: Clock, traits: DeviceTraits) {
    this.#credential = credential;
    this.#engines = engines;
    this.#traits = traits;
    this.#engine = new UsmEngine(credential, () => clock.monotonicMs());
  }

  get engineId(): string | undefined {
    return this.#engine.isKnown ? this.#engine.engineId.toString('hex') : undefined;
  }

  close(address: string): void {
    if (this.engineId) this.#engines.forget(this.engineId, address);
  }

  async request(peer: ExchangePeer, pdu: RequestPdu, retries: number): Promise<ResponsePdu | SnmpFailure> {
    let lastReport = 0;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!this.#engine.isKnown) {
        const refused = await this.#discover(peer, retries);
        if (refused) return refused;
      }
      const id = peer.udp.newId();
      const answer = await exchange<Usable>(peer, id, this.#engine.encode(id, pdu), retries, (m) =>
        this.#engine.decode(m),
      );
      if (isFailure(answer)) {
        return answer.code === 'timeout' && !this.#isProven ? await this.#explainSilence(peer, answer) : answer;
      }
      if (answer.kind === 'response') {
        this.#isProven = true;
        return answer.pdu;
      }
      const report = usmReport(answer);
      const mayRepeat = report === REPORT.notInTimeWindow || report === REPORT.unknownEngineId;
      if (!mayRepeat || (report === lastReport && round > 1)) return this.#explain(answer, report);
      lastReport = report;
      // Rebooted (boots and time moved), or replaced by another engine: take over what it says now and ask again.
      if (answer.notion.engineId.length > 0) await this.#learn(peer, answer);
      else this.#engine.forget();
    }
    return usmFailure(lastReport, this.#credential.username, '', '', this.#credential.level);
  }

  async #discover(peer: ExchangePeer, retries: number): Promise<SnmpFailure | undefined> {
    const id = peer.udp.newId();
    const bytes = this.#engine.encodeDiscovery(id);
    const answer = await exchange<Usable>(peer, id, bytes, retries, (m) => this.#engine.decode(m, 'noAuthNoPriv'));
    if (isFailure(answer)) return answer;
    if (answer.kind !== 'report' || answer.notion.engineId.length === 0) {
      return failure(
        'bad_response',
        'The device answers SNMPv3 discovery without naming its engine ID: its agent is faulty.',
      );
    }
    await this.#learn(peer, answer);
    return undefined;
  }

  async #learn(peer: ExchangePeer, report: Report): Promise<void> {
    const before = this.engineId;
    const bootsBefore = this.#engine.boots;
    await this.#engine.learn(report.notion);
    const engineId = this.engineId!;
    if (before === engineId) {
      if (this.#engine.boots < bootsBefore) {
        this.#traits.warn(
          'engine_boots_reset',
          `The device's SNMP engine counts its boots anew (${bootsBefore}, now ${this.#engine.boots}): it does not keep them over a restart, as it should.`,
        );
      }
      return;
    }
    if (before) this.#engines.forget(before, peer.address);
    const others = this.#engines.note(engineId, peer.address);
    if (others.length > 0) {
      this.#traits.warn(
        'duplicate_engine_id',
        `The SNMP engine ID ${engineId} is also used by ${others.slice(0, 3).join(', ')}: give each device its own, or remove the second address of the same device.`,
      );
    }
  }

  #explain(report: Report, number: number): SnmpFailure {
    const { username, authProtocol, privProtocol, level, context } = this.#credential;
    if (number > 0) return usmFailure(number, username, authProtocol, privProtocol, level);
    if (report.oid === UNKNOWN_CONTEXTS || report.oid === UNAVAILABLE_CONTEXTS) {
      return failure(
        'unknown_context',
        `The device does not know the context "${context}": check the context of the credential profile.`,
      );
    }
    return failure('bad_response', `The device answered with a report that SNMPv3 does not name (${report.oid}).`);
  }

  /**
   * Many agents drop what they cannot decrypt. If they answer a request that is signed but not encrypted, the
   * authentication is right and the privacy password or protocol is wrong.
   */
  async #explainSilence(peer: ExchangePeer, silence: SnmpFailure): Promise<SnmpFailure> {
    if (this.#credential.level !== 'authPriv') return silence;
    const test: RequestPdu = { type: PDU.get, oids: [SYS_OBJECT_ID], maxRepetitions: 0 };
    const id = peer.udp.newId();
    const bytes = this.#engine.encode(id, test, 'authNoPriv');
    const answer = await exchange<Usable>(peer, id, bytes, 0, (m) => this.#engine.decode(m, 'authNoPriv'));
    if (isFailure(answer)) return silence;
    const report = answer.kind === 'report' ? usmReport(answer) : 0;
    if (answer.kind === 'report' && report !== REPORT.unsupportedLevel) return this.#explain(answer, report);
    const { username, privProtocol } = this.#credential;
    return failure(
      'decryption_error',
      `The device accepts the authentication of "${username}" but does not answer encrypted requests: check the privacy password and that the protocol is ${privProtocol} on the device too.`,
    );
  }
}

/** Number of the usmStats counter that a report carries; 0 when it is another one. */
function usmReport(report: Report): number {
  if (!report.oid.startsWith(USM_STATS)) return 0;
  return Number(report.oid.slice(USM_STATS.length).split('.')[0]) || 0;
}
