/** SNMPv1 and v2c messages (RFC 1157, RFC 1901): version, community, PDU. */
import { BerError, BerReader, BerWriter, TAG } from './ber.ts';
import { PDU, type RequestPdu, type ResponsePdu, readPdu, writePdu } from './pdu.ts';

export type CommunityVersion = 0 | 1;
const writer = new BerWriter();

export function encodeCommunityMessage(
  version: CommunityVersion,
  community: Uint8Array,
  pdu: RequestPdu,
  requestId: number,
): Uint8Array<ArrayBuffer> {
  writer.reset();
  writePdu(writer, pdu, requestId);
  writer.element(TAG.octetString, community);
  writer.integer(version);
  writer.wrap(TAG.sequence, 0);
  return writer.take();
}

/** @throws BerError when it is no response to a request of this version */
export function decodeCommunityMessage(bytes: Uint8Array, version: CommunityVersion): ResponsePdu {
  const reader = new BerReader(bytes);
  reader.enter(TAG.sequence);
  if (reader.integer() !== version) throw new BerError('answered in another SNMP version');
  reader.octets();
  const pdu = readPdu(reader);
  if (pdu.type !== PDU.response) throw new BerError(`PDU of type ${pdu.type} instead of a response`);
  return pdu;
}

/**
 * What a message says it answers: the request ID of v1 and v2c, the message ID of v3; undefined when it cannot be read.
 * Messages that were cut off still find their request, which then knows that it was answered.
 */
export function messageId(bytes: Uint8Array): number | undefined {
  try {
    const reader = new BerReader(bytes);
    if (reader.peek() !== TAG.sequence) return undefined;
    reader.enterDamaged();
    const version = reader.integer();
    if (version !== 3) reader.octets();
    reader.enterDamaged();
    return reader.integer();
  } catch (error) {
    if (error instanceof BerError) return undefined;
    throw error;
  }
}
