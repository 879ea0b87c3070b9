/**
 * Reading single objects: GET and GETNEXT of many OIDs, split into requests that the device can answer. An object that
 * the device does not have, or cannot read, costs only itself.
 */
import { BerError } from './ber.ts';
import { failure, isFailure, noAccess, type SnmpFailure } from './failure.ts';
import { decodeOid, equalBytes } from './oid.ts';
import { ERROR_STATUS, PDU, type ResponsePdu, type SnmpValue, VarbindReader } from './pdu.ts';
import type { SnmpSession } from './session.ts';

/** Stands in the place of its OID; undefined where the device has nothing. */
export type Answers<T> = (T | undefined)[];
export type PresentValue = Exclude<SnmpValue, null>;

/** Values of exactly these objects. */
export async function get(
  session: SnmpSession,
  oids: readonly Uint8Array[],
): Promise<Answers<PresentValue> | SnmpFailure> {
  const answers: Answers<PresentValue> = new Array(oids.length).fill(undefined);
  const read = (varbinds: VarbindReader, slot: number, asked: Uint8Array): boolean => {
    if (!equalBytes(asked, varbinds.bytes, varbinds.oidStart, varbinds.oidEnd)) return false;
    answers[slot] = varbinds.value() ?? undefined;
    return true;
  };
  return (await fetchAll(session, PDU.get, oids, read)) ?? answers;
}

/** The OIDs that follow these ones. */
export async function next(session: SnmpSession, oids: readonly Uint8Array[]): Promise<Answers<string> | SnmpFailure> {
  const answers: Answers<string> = new Array(oids.length).fill(undefined);
  const read = (varbinds: VarbindReader, slot: number): boolean => {
    if (!varbinds.isException()) answers[slot] = decodeOid(varbinds.bytes, varbinds.oidStart, varbinds.oidEnd);
    return true;
  };
  return (await fetchAll(session, PDU.getNext, oids, read)) ?? answers;
}

type ReadAnswer = (varbinds: VarbindReader, slot: number, asked: Uint8Array) => boolean;

async function fetchAll(
  session: SnmpSession,
  type: typeof PDU.get | typeof PDU.getNext,
  oids: readonly Uint8Array[],
  read: ReadAnswer,
): Promise<SnmpFailure | undefined> {
  const { traits } = session;
  const isAbsent = (oid: Uint8Array) =>
    type === PDU.get && traits.missing.size > 0 && traits.missing.has(oid.join('.'));
  const queue: number[][] = [];
  const wanted = oids.map((_, i) => i).filter((i) => !isAbsent(oids[i]!));
  for (let i = 0; i < wanted.length; i += traits.maxGetOids) queue.push(wanted.slice(i, i + traits.maxGetOids));
  for (let slots = queue.shift(); slots; slots = queue.shift()) {
    const pdu = await session.request({ type, oids: slots.map((i) => oids[i]!), maxRepetitions: 0 });
    if (isFailure(pdu)) {
      if (pdu.code !== 'bad_response' || slots.length === 1) return pdu;
      // Some agents cut long answers off.
      traits.maxGetOids = Math.max(1, slots.length >> 1);
      queue.unshift(...halves(slots));
      continue;
    }
    if (pdu.errorStatus === ERROR_STATUS.none) {
      const damage = readVarbinds(session, pdu, slots, oids, read);
      if (damage) return damage;
      continue;
    }
    const refused = withoutRefused(session, type, pdu, slots, oids);
    if (isFailure(refused)) return refused;
    queue.unshift(...refused);
  }
  return undefined;
}

/** What is left to ask after an error status. */
function withoutRefused(
  session: SnmpSession,
  type: number,
  pdu: ResponsePdu,
  slots: readonly number[],
  oids: readonly Uint8Array[],
): number[][] | SnmpFailure {
  const { traits } = session;
  const status = pdu.errorStatus;
  if (status === ERROR_STATUS.authorizationError || status === ERROR_STATUS.noAccess) {
    return noAccess('these objects');
  }
  if (status === ERROR_STATUS.tooBig) {
    if (slots.length === 1) {
      traits.warn(
        'too_big',
        `The device says that a single object (${decodeOid(oids[slots[0]!]!)}) does not fit into an answer.`,
      );
      return [];
    }
    traits.maxGetOids = Math.max(1, slots.length >> 1);
    return halves(slots);
  }
  const named = pdu.errorIndex >= 1 && pdu.errorIndex <= slots.length ? pdu.errorIndex - 1 : -1;
  if (slots.length === 1 || named >= 0) {
    const slot = slots[Math.max(0, named)]!;
    if (status === ERROR_STATUS.noSuchName && type === PDU.get) traits.missing.add(oids[slot]!.join('.'));
    else if (status !== ERROR_STATUS.noSuchName) {
      traits.warn('device_error', `The device reports error ${status} for ${decodeOid(oids[slot]!)}.`);
    }
    const rest = slots.filter((other) => other !== slot);
    return rest.length > 0 ? [rest] : [];
  }
  return halves(slots);
}

function readVarbinds(
  session: SnmpSession,
  pdu: ResponsePdu,
  slots: readonly number[],
  oids: readonly Uint8Array[],
  read: ReadAnswer,
): SnmpFailure | undefined {
  const varbinds = new VarbindReader(pdu);
  try {
    for (const slot of slots) {
      if (!varbinds.next()) break;
      session.counters.varbinds++;
      if (!read(varbinds, slot, oids[slot]!)) {
        return failure(
          'bad_response',
          'The device answered with other objects than it was asked for: its agent is faulty.',
        );
      }
    }
  } catch (error) {
    if (!(error instanceof BerError)) throw error;
    return failure('bad_response', `The device's answer cannot be used: ${error.message}.`);
  }
  return undefined;
}

function halves(slots: readonly number[]): number[][] {
  const middle = slots.length >> 1;
  return [slots.slice(0, middle), slots.slice(middle)];
}
