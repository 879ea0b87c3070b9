/**
 * SNMPv3 messages of one user at one device (RFC 3412, RFC 3414): what is known of its engine (ID, boots, time), messages
 * out, and messages in, verified. An answer counts only at the security level of the request; reports may be weaker.
 */
import { BerError, BerReader, BerWriter, TAG } from './ber.ts';
import type { SecurityLevel, UserCredential } from './credential.ts';
import { decodeOid } from './oid.ts';
import { PDU, type RequestPdu, type ResponsePdu, readPdu, VarbindReader, writePdu } from './pdu.ts';
import { authCode, authCodeBytes, decrypt, encrypt, isAuthentic } from './usm-cipher.ts';
import { deriveKeys, type UsmKeys } from './usm-keys.ts';

const MAX_MESSAGE_BYTES = 65507;
const FLAG = { auth: 1, priv: 2, reportable: 4 } as const;
const USM_MODEL = 3;
const EMPTY = new Uint8Array(0);
const LEVEL_FLAGS: Record<SecurityLevel, number> = {
  noAuthNoPriv: 0,
  authNoPriv: FLAG.auth,
  authPriv: FLAG.auth | FLAG.priv,
};
const writer = new BerWriter();
const scopedWriter = new BerWriter();

/** Engine ID, boots and time as a message gave them. */
export interface EngineNotion {
  readonly engineId: Buffer;
  readonly boots: number;
  readonly time: number;
}

export type UsmAnswer =
  | { readonly kind: 'response'; readonly pdu: ResponsePdu }
  /** `oid` is that of the counter which went up. */
  | { readonly kind: 'report'; readonly oid: string; readonly notion: EngineNotion; readonly isAuthentic: boolean }
  | { readonly kind: 'rejected'; readonly reason: string };

export class UsmEngine {
  readonly #credential: UserCredential;
  readonly #monotonicMs: () => number;
  readonly #user: Uint8Array;
  readonly #context: Uint8Array;
  #engineId: Buffer = Buffer.alloc(0);
  #keys: UsmKeys | undefined;
  #boots = 0;
  #time = 0;
  #learnedAtMs = 0;

  constructor(credential: UserCredential, monotonicMs: () => number) {
    this.#credential = credential;
    this.#monotonicMs = monotonicMs;
    this.#user = Buffer.from(credential.username);
    this.#context = Buffer.from(credential.context);
  }

  /** Whether the engine ID is known, so that requests can be signed. */
  get isKnown(): boolean {
    return this.#engineId.length > 0;
  }

  get engineId(): Buffer {
    return this.#engineId;
  }

  get boots(): number {
    return this.#boots;
  }

  /** Takes over ID, boots and time of the device's engine. */
  async learn(notion: EngineNotion): Promise<void> {
    if (!notion.engineId.equals(this.#engineId)) {
      this.#keys = await deriveKeys(this.#credential, notion.engineId);
      this.#engineId = Buffer.from(notion.engineId);
    }
    this.#setTime(notion.boots, notion.time);
  }

  /** Forgets the engine: the next exchange begins with discovery. */
  forget(): void {
    this.#engineId = Buffer.alloc(0);
  }

  /** An empty request that makes any engine report its ID and time (RFC 3414 section 4). */
  encodeDiscovery(id: number): Uint8Array<ArrayBuffer> {
    scopedWriter.reset();
    writePdu(scopedWriter, { type: PDU.get, oids: [], maxRepetitions: 0 }, id);
    scopedWriter.element(TAG.octetString, EMPTY);
    scopedWriter.element(TAG.octetString, EMPTY);
    scopedWriter.wrap(TAG.sequence, 0);
    return this.#encode(id, 0, EMPTY, EMPTY, 0, 0, scopedWriter.take(), EMPTY);
  }

  /** @param level lower than the credential's only to find out which of its secrets is wrong */
  encode(id: number, pdu: RequestPdu, level: SecurityLevel = this.#credential.level): Uint8Array<ArrayBuffer> {
    const flags = LEVEL_FLAGS[level];
    const time = this.#timeNow();
    scopedWriter.reset();
    writePdu(scopedWriter, pdu, id);
    scopedWriter.element(TAG.octetString, this.#context);
    scopedWriter.element(TAG.octetString, this.#engineId);
    scopedWriter.wrap(TAG.sequence, 0);
    const scoped = scopedWriter.take();
    if (!(flags & FLAG.priv)) {
      return this.#encode(id, flags, this.#engineId, this.#user, this.#boots, time, scoped, EMPTY);
    }
    const sealed = encrypt(this.#credential.privProtocol, this.#keys!.priv, this.#boots, time, scoped);
    return this.#encode(id, flags, this.#engineId, this.#user, this.#boots, time, sealed.bytes, sealed.salt);
  }

  #encode(
    id: number,
    flags: number,
    engineId: Uint8Array,
    user: Uint8Array,
    boots: number,
    time: number,
    scoped: Uint8Array,
    salt: Uint8Array,
  ): Uint8Array<ArrayBuffer> {
    const codeBytes = flags & FLAG.auth ? authCodeBytes(this.#credential.authProtocol) : 0;
    writer.reset();
    if (flags & FLAG.priv) writer.element(TAG.octetString, scoped);
    else writer.raw(scoped);
    const security = writer.mark();
    writer.element(TAG.octetString, salt);
    writer.raw(new Uint8Array(codeBytes));
    const code = writer.mark();
    writer.wrap(TAG.octetString, code - codeBytes);
    writer.element(TAG.octetString, user);
    writer.integer(time);
    writer.integer(boots);
    writer.element(TAG.octetString, engineId);
    writer.wrap(TAG.sequence, security);
    writer.wrap(TAG.octetString, security);
    const header = writer.mark();
    writer.integer(USM_MODEL);
    writer.element(TAG.octetString, Uint8Array.of(flags | FLAG.reportable));
    writer.integer(MAX_MESSAGE_BYTES);
    writer.integer(id);
    writer.wrap(TAG.sequence, header);
    writer.integer(3);
    writer.wrap(TAG.sequence, 0);
    const message = writer.take();
    if (codeBytes > 0) {
      message.set(authCode(this.#credential.authProtocol, this.#keys!.auth, message), message.length - code);
    }
    return message;
  }

  /** @throws BerError */
  decode(bytes: Uint8Array, level: SecurityLevel = this.#credential.level): UsmAnswer {
    const reader = new BerReader(bytes);
    reader.enter(TAG.sequence);
    if (reader.integer() !== 3) throw new BerError('answered in another SNMP version');
    const headerEnd = reader.enter(TAG.sequence);
    reader.integer();
    reader.integer();
    const flags = reader.octets()[0] ?? 0;
    reader.position = headerEnd;
    const securityEnd = reader.enter(TAG.octetString);
    reader.enter(TAG.sequence);
    const engineId = Buffer.from(reader.octets());
    const boots = reader.integer();
    const time = reader.integer();
    reader.octets();
    const code = { end: reader.enter(TAG.octetString), start: reader.position };
    reader.position = code.end;
    const salt = reader.octets();
    reader.position = securityEnd;
    const notion = { engineId, boots, time };

    const isSigned = (flags & FLAG.auth) !== 0;
    if (isSigned) {
      if (!this.#keys || !engineId.equals(this.#engineId))
        return { kind: 'rejected', reason: 'signed by an unknown engine' };
      if (!isAuthentic(this.#credential.authProtocol, this.#keys.auth, bytes, code)) {
        return { kind: 'rejected', reason: 'the signature is wrong' };
      }
    }
    let scoped = reader;
    if (flags & FLAG.priv) {
      if (!isSigned || this.#keys?.priv.length === 0) return { kind: 'rejected', reason: 'encrypted, but not for us' };
      const sealed = reader.octets();
      const { privProtocol } = this.#credential;
      const open = decrypt(privProtocol, this.#keys!.priv, boots, time, salt, sealed);
      if (!open) return { kind: 'rejected', reason: 'the encrypted part is damaged' };
      scoped = new BerReader(open);
    }
    scoped.enter(TAG.sequence);
    scoped.octets();
    scoped.octets();
    const pdu = readPdu(scoped);
    if (pdu.type === PDU.report) return { kind: 'report', oid: firstOid(pdu), notion, isAuthentic: isSigned };
    if (pdu.type !== PDU.response) throw new BerError(`PDU of type ${pdu.type} instead of a response`);
    const wanted = LEVEL_FLAGS[level];
    if ((flags & wanted) !== wanted) return { kind: 'rejected', reason: 'answered at a lower security level' };
    if (isSigned) this.#advance(boots, time);
    return { kind: 'response', pdu };
  }

  /** RFC 3414 section 3.2 step 7b: authentic messages move our notion forward. */
  #advance(boots: number, time: number): void {
    if (boots > this.#boots || (boots === this.#boots && time > this.#time)) this.#setTime(boots, time);
  }

  #setTime(boots: number, time: number): void {
    this.#boots = boots;
    this.#time = time;
    this.#learnedAtMs = this.#monotonicMs();
  }

  #timeNow(): number {
    return Math.min(0x7fffffff, this.#time + Math.floor((this.#monotonicMs() - this.#learnedAtMs) / 1000));
  }
}

function firstOid(pdu: ResponsePdu): string {
  const varbinds = new VarbindReader(pdu);
  if (!varbinds.next()) return '';
  return decodeOid(varbinds.bytes, varbinds.oidStart, varbinds.oidEnd);
}
