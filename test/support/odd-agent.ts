/**
 * SNMP agents on loopback as devices really have them: answers go through a function that may drop, cut, delay or
 * change them. Each test takes a free port.
 */
import dgram from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { SnmpAgent } from '../../src/snmp/agent.ts';
import { BerReader, BerWriter, TAG } from '../../src/snmp/ber.ts';
import { Mib, type MibValue } from '../../src/snmp/mib.ts';

export interface SeenRequest {
  readonly version: number;
  /** 0xa0 GET, 0xa1 GETNEXT, 0xa5 GETBULK. */
  readonly type: number;
  readonly requestId: number;
  readonly second: number;
  readonly third: number;
  readonly oids: number;
  readonly bytes: Uint8Array;
}

/** What to send instead of the honest answer; undefined sends nothing. */
export type Behaviour = (
  request: SeenRequest,
  answer: Uint8Array | undefined,
  from: dgram.RemoteInfo,
) => Uint8Array | undefined;

export class OddAgent {
  readonly seen: SeenRequest[] = [];
  behaviour: Behaviour;
  readonly #agent: SnmpAgent;
  readonly #socket: dgram.Socket;

  private constructor(agent: SnmpAgent, socket: dgram.Socket, behaviour: Behaviour) {
    this.#agent = agent;
    this.#socket = socket;
    this.behaviour = behaviour;
    socket.on('message', (message, from) => {
      // The question whether anybody listens.
      if (message.length === 0) return;
      const request = readRequest(message);
      this.seen.push(request);
      const answer = this.behaviour(request, this.#agent.answer(message), from);
      if (answer) socket.send(answer, from.port, from.address);
    });
  }

  static async start(
    values: ReadonlyMap<string, MibValue>,
    behaviour: Behaviour = (_, answer) => answer,
    address = '127.0.0.1',
  ): Promise<OddAgent> {
    const agent = new SnmpAgent({ address, port: 0, community: 'public', mib: new Mib(values) });
    const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new OddAgent(agent, socket, behaviour);
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  /** Requests of one PDU type. */
  count(type: number): number {
    return this.seen.filter((request) => request.type === type).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

function readRequest(message: Uint8Array): SeenRequest {
  const reader = new BerReader(message);
  reader.enter(0x30);
  const version = reader.integer();
  if (version > 1) return { version, type: 0, requestId: 0, second: 0, third: 0, oids: 0, bytes: message };
  reader.octets();
  const type = reader.peek();
  reader.enterAny();
  const requestId = reader.integer();
  const second = reader.integer();
  const third = reader.integer();
  const end = reader.enter(0x30);
  let oids = 0;
  while (reader.position < end) {
    reader.position = reader.enter(0x30);
    oids++;
  }
  return { version, type, requestId, second, third, oids, bytes: message };
}

/** An answer without objects, with this error status. */
export function errorAnswer(request: SeenRequest, status: number, index = 0): Uint8Array {
  const writer = new BerWriter();
  writer.wrap(TAG.sequence, 0);
  writer.integer(index);
  writer.integer(status);
  writer.integer(request.requestId);
  writer.wrap(0xa2, 0);
  writer.element(TAG.octetString, Buffer.from('public'));
  writer.integer(request.version);
  writer.wrap(TAG.sequence, 0);
  return writer.take();
}

/** A system group and an interface table of `rows` rows. */
export function smallMib(rows: number): Map<string, MibValue> {
  const values = new Map<string, MibValue>([
    ['1.3.6.1.2.1.1.1.0', { type: 'octetString', value: 'a test device' }],
    ['1.3.6.1.2.1.1.2.0', { type: 'oid', value: '1.3.6.1.4.1.8072.3.2.10' }],
    ['1.3.6.1.2.1.1.3.0', { type: 'timeTicks', value: 4_000_000_000 }],
    ['1.3.6.1.2.1.1.5.0', { type: 'octetString', value: 'device' }],
  ]);
  for (let i = 1; i <= rows; i++) {
    values.set(`1.3.6.1.2.1.2.2.1.1.${i}`, { type: 'integer', value: i });
    values.set(`1.3.6.1.2.1.2.2.1.2.${i}`, { type: 'octetString', value: `port ${i}` });
    values.set(`1.3.6.1.2.1.2.2.1.10.${i}`, { type: 'counter32', value: 4_000_000_000 + i });
  }
  return values;
}
