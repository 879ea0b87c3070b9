/**
 * PDUs (RFC 3416 section 3): requests out, responses in. A response is read in place: `VarbindReader` steps over the
 * variable bindings without making an object for each.
 */
import { BerError, BerReader, type BerWriter, signedInteger, TAG, unsignedInteger } from './ber.ts';
import { decodeOid } from './oid.ts';

export const PDU = { get: 0xa0, getNext: 0xa1, response: 0xa2, getBulk: 0xa5, report: 0xa8 } as const;

/** error-status of RFC 3416; only those that a reader meets by name. */
export const ERROR_STATUS = {
  none: 0,
  tooBig: 1,
  noSuchName: 2,
  genErr: 5,
  noAccess: 6,
  authorizationError: 16,
} as const;

export interface RequestPdu {
  readonly type: typeof PDU.get | typeof PDU.getNext | typeof PDU.getBulk;
  readonly oids: readonly Uint8Array[];
  /** Of GETBULK. */
  readonly maxRepetitions: number;
}

export interface ResponsePdu {
  readonly type: number;
  readonly requestId: number;
  readonly errorStatus: number;
  readonly errorIndex: number;
  readonly bytes: Uint8Array;
  /** Where the variable bindings are. */
  readonly start: number;
  readonly end: number;
}

export function writePdu(writer: BerWriter, pdu: RequestPdu, requestId: number): void {
  const pduMark = writer.mark();
  for (let i = pdu.oids.length - 1; i >= 0; i--) {
    const mark = writer.mark();
    writer.byte(0);
    writer.byte(TAG.null);
    writer.element(TAG.oid, pdu.oids[i]!);
    writer.wrap(TAG.sequence, mark);
  }
  writer.wrap(TAG.sequence, pduMark);
  writer.integer(pdu.type === PDU.getBulk ? pdu.maxRepetitions : 0);
  writer.integer(0);
  writer.integer(requestId);
  writer.wrap(pdu.type, pduMark);
}

/** @throws BerError */
export function readPdu(reader: BerReader): ResponsePdu {
  const type = reader.peek();
  reader.enterAny();
  const requestId = reader.integer();
  const errorStatus = reader.integer();
  const errorIndex = reader.integer();
  const end = reader.enter(TAG.sequence);
  const start = reader.position;
  reader.position = end;
  return { type, requestId, errorStatus, errorIndex, bytes: reader.bytes, start, end };
}

/** Steps over variable bindings; its fields describe the current one. */
export class VarbindReader {
  readonly bytes: Uint8Array;
  oidStart = 0;
  oidEnd = 0;
  /** Tag of the value. */
  tag = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #reader: BerReader;

  constructor(pdu: ResponsePdu) {
    this.bytes = pdu.bytes;
    this.#reader = new BerReader(pdu.bytes, pdu.start, pdu.end);
  }

  /** Moves to the next binding; false at the end. @throws BerError */
  next(): boolean {
    const reader = this.#reader;
    if (reader.position >= reader.end) return false;
    const end = reader.enter(TAG.sequence);
    this.oidEnd = reader.enter(TAG.oid);
    this.oidStart = reader.position;
    // The last byte of an OID ends an arc; anything else was cut or garbled.
    if (this.oidEnd === this.oidStart || this.bytes[this.oidEnd - 1]! >= 128) throw new BerError('unusable OID');
    reader.position = this.oidEnd;
    this.tag = reader.peek();
    this.valueEnd = reader.enterAny();
    this.valueStart = reader.position;
    if (this.valueEnd !== end) throw new BerError('binding and value differ in length');
    reader.position = end;
    return true;
  }

  /** No value: noSuchObject, noSuchInstance or endOfMibView. */
  isException(): boolean {
    return this.tag >= TAG.noSuchObject;
  }

  /** The current value; `null` where there is none. @throws BerError */
  value(): SnmpValue {
    return readValue(this.tag, this.bytes, this.valueStart, this.valueEnd);
  }
}

/**
 * A value: numbers for every integer type (Counter64 rounds beyond 2^53, as stored values do) and Opaque floats, bytes
 * for octet strings (a view of the received message), text for OIDs and IP addresses, null for no value.
 */
export type SnmpValue = number | Uint8Array | string | null;

/** @throws BerError on an unknown type or an impossible length */
export function readValue(tag: number, bytes: Uint8Array, start: number, end: number): SnmpValue {
  switch (tag) {
    case TAG.counter64:
      return unsignedInteger(bytes, start, end, 8);
    case TAG.counter32:
    case TAG.gauge32:
    case TAG.timeTicks:
      return unsignedInteger(bytes, start, end, 4);
    case TAG.integer:
      return signedInteger(bytes, start, end);
    case TAG.octetString:
      return bytes.subarray(start, end);
    case TAG.oid:
      return end > start ? decodeOid(bytes, start, end) : '0.0';
    case TAG.ipAddress:
      if (end - start !== 4) throw new BerError('unusable IP address');
      return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
    case TAG.opaque:
      return readOpaque(bytes, start, end);
    case TAG.null:
    case TAG.noSuchObject:
    case TAG.noSuchInstance:
    case TAG.endOfMibView:
      return null;
    default:
      throw new BerError(`unknown type ${tag}`);
  }
}

/** Floats and doubles travel inside Opaque as NET-SNMP writes them (0x9f 0x78 and 0x9f 0x79). */
function readOpaque(bytes: Uint8Array, start: number, end: number): SnmpValue {
  const isWrapped = bytes[start] === 0x9f && end - start === 3 + (bytes[start + 2] ?? 0);
  if (isWrapped) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start + 3);
    if (bytes[start + 1] === 0x78 && bytes[start + 2] === 4) return view.getFloat32(0);
    if (bytes[start + 1] === 0x79 && bytes[start + 2] === 8) return view.getFloat64(0);
  }
  return bytes.subarray(start, end);
}
