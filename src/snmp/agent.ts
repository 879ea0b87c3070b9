/**
 * A small SNMP v1/v2c agent (RFC 3416 GET, GETNEXT, GETBULK) that serves a `Mib` on a UDP address: the simulated devices
 * of the demo are reached through real packets.
 */
import dgram from 'node:dgram';
import { BerError, BerReader, BerWriter, TAG } from './ber.ts';
import { encodeMibValue, type Mib, type MibObject } from './mib.ts';
import { decodeOid } from './oid.ts';
import { ERROR_STATUS, PDU } from './pdu.ts';

export interface AgentOptions {
  readonly address: string;
  readonly port: number;
  readonly community: string;
  readonly mib: Mib;
}

/** Responses stay below what every path carries unfragmented. */
const MAX_RESPONSE_BYTES = 1400;

interface Request {
  readonly version: number;
  readonly type: number;
  readonly requestId: number;
  readonly nonRepeaters: number;
  readonly maxRepetitions: number;
  readonly oids: readonly Uint8Array[];
}

interface Binding {
  readonly oid: Uint8Array;
  readonly tag: number;
  readonly content: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const exception = (oid: Uint8Array, tag: number): Binding => ({ oid, tag, content: NOTHING });
const binding = ({ oid, object }: MibObject): Binding => ({ oid, ...encodeMibValue(object) });
const arcsOf = (oid: Uint8Array): number[] => decodeOid(oid).split('.').map(Number);

export class SnmpAgent {
  readonly #options: AgentOptions;
  readonly #socket = dgram.createSocket('udp4');

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Binds the address. @throws Error when it is taken or cannot be had on this system */
  start(): Promise<void> {
    const { address, port } = this.#options;
    this.#socket.on('message', (message, from) => {
      const answer = this.answer(message);
      if (answer) this.#socket.send(answer, from.port, from.address);
    });
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind(port, address, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  /** The response to a message; undefined for what an agent ignores (garbage, a wrong community). */
  answer(message: Uint8Array): Uint8Array | undefined {
    try {
      const request = readRequest(message, this.#options.community);
      return request && writeResponse(request, this.#options.community, this.#bindings(request));
    } catch (error) {
      if (error instanceof BerError) return undefined;
      throw error;
    }
  }

  #bindings(request: Request): readonly Binding[] {
    const { mib } = this.#options;
    if (request.type === PDU.get) {
      return request.oids.map((oid) => {
        const found = mib.get(arcsOf(oid));
        return found ? binding(found) : exception(oid, TAG.noSuchInstance);
      });
    }
    if (request.type === PDU.getNext) return request.oids.map((oid) => this.#next(oid));
    const fixed = request.oids.slice(0, request.nonRepeaters).map((oid) => this.#next(oid));
    return [...fixed, ...this.#repeat(request.oids.slice(request.nonRepeaters), request.maxRepetitions)];
  }

  #next(oid: Uint8Array): Binding {
    const found = this.#options.mib.next(arcsOf(oid));
    return found ? binding(found) : exception(oid, TAG.endOfMibView);
  }

  #repeat(oids: readonly Uint8Array[], maxRepetitions: number): readonly Binding[] {
    const answers: Binding[] = [];
    let current = oids;
    let sizeBytes = 0;
    for (let i = 0; i < maxRepetitions && current.length > 0; i++) {
      const row = current.map((oid) => this.#next(oid));
      sizeBytes += row.reduce((sum, { oid, content }) => sum + oid.length + content.length + 8, 0);
      if (sizeBytes > MAX_RESPONSE_BYTES && i > 0) break;
      answers.push(...row);
      if (row.every(({ tag }) => tag === TAG.endOfMibView)) break;
      current = row.map(({ oid }) => oid);
    }
    return answers;
  }
}

/** @throws BerError */
function readRequest(message: Uint8Array, community: string): Request | undefined {
  const reader = new BerReader(message);
  reader.enter(TAG.sequence);
  const version = reader.integer();
  if (version > 1 || Buffer.from(reader.octets()).toString('latin1') !== community) return undefined;
  const type = reader.peek();
  if (type !== PDU.get && type !== PDU.getNext && type !== PDU.getBulk) return undefined;
  reader.enterAny();
  const requestId = reader.integer();
  const nonRepeaters = Math.max(0, reader.integer());
  const maxRepetitions = Math.max(0, reader.integer());
  const end = reader.enter(TAG.sequence);
  const oids: Uint8Array[] = [];
  while (reader.position < end) {
    const next = reader.enter(TAG.sequence);
    const oidEnd = reader.enter(TAG.oid);
    oids.push(message.slice(reader.position, oidEnd));
    reader.position = next;
  }
  return { version, type, requestId, nonRepeaters, maxRepetitions, oids };
}

function writeResponse(request: Request, community: string, bindings: readonly Binding[]): Uint8Array {
  // v1 has no exceptions: one missing object fails the request by its position (RFC 1157 4.1.2).
  const missing = request.version === 0 ? bindings.findIndex(({ tag }) => tag >= TAG.noSuchObject) : -1;
  const answered = missing < 0 ? bindings : request.oids.map((oid) => exception(oid, TAG.null));
  const writer = new BerWriter();
  const message = writer.mark();
  const pdu = writer.mark();
  for (const { oid, tag, content } of answered.toReversed()) {
    const mark = writer.mark();
    writer.element(tag, content);
    writer.element(TAG.oid, oid);
    writer.wrap(TAG.sequence, mark);
  }
  writer.wrap(TAG.sequence, pdu);
  writer.integer(missing + 1);
  writer.integer(missing < 0 ? ERROR_STATUS.none : ERROR_STATUS.noSuchName);
  writer.integer(request.requestId);
  writer.wrap(PDU.response, pdu);
  writer.element(TAG.octetString, Buffer.from(community, 'latin1'));
  writer.integer(request.version);
  writer.wrap(TAG.sequence, message);
  return writer.take();
}
