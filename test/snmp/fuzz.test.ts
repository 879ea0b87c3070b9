/**
 * Mutated answers, seeded. Whatever a device sends: no crash, no hanging request, and no value under a name that it was
 * not sent for. TELLTALE_FUZZ sets how many; the seed is printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { SnmpAgent } from '../../src/snmp/agent.ts';
import { BerError } from '../../src/snmp/ber.ts';
import { decodeCommunityMessage, encodeCommunityMessage, messageId } from '../../src/snmp/community.ts';
import { isFailure } from '../../src/snmp/failure.ts';
import { get } from '../../src/snmp/get.ts';
import { Mib } from '../../src/snmp/mib.ts';
import { encodeOid } from '../../src/snmp/oid.ts';
import { PDU, type RequestPdu, type ResponsePdu, VarbindReader } from '../../src/snmp/pdu.ts';
import type { SnmpSession } from '../../src/snmp/session.ts';
import { DeviceTraits } from '../../src/snmp/traits.ts';
import { UsmEngine } from '../../src/snmp/usm.ts';
import { walk } from '../../src/snmp/walk.ts';
import { smallMib } from '../support/odd-agent.ts';
import { IF_COLUMNS, SYS_DESCR, SYS_UPTIME, v3 } from '../support/snmp-session.ts';

const COUNT = Number(process.env.TELLTALE_FUZZ ?? 3000);
const SEED = Number(process.env.TELLTALE_SEED ?? 20_260_101);

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const mutated = Uint8Array.from(bytes);
  const at = () => Math.floor(random() * mutated.length);
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
    const kind = random();
    if (kind < 0.6) mutated[at()] = Math.floor(random() * 256);
    else if (kind < 0.8) mutated[at()]! ^= 1 << Math.floor(random() * 8);
    else if (kind < 0.9) return mutated.subarray(0, at());
    else mutated.copyWithin(at(), at(), at());
  }
  return mutated;
}

const agent = new SnmpAgent({ address: '', port: 0, community: 'public', mib: new Mib(smallMib(12)) });

/** A session whose device answers with mutated messages; requests that are lost count as time-outs. */
function fuzzedSession(random: () => number): SnmpSession {
  const traits = new DeviceTraits();
  const session = {
    traits,
    counters: { requests: 0, timeouts: 0, varbinds: 0 },
    async request(pdu: RequestPdu): Promise<ResponsePdu | object> {
      this.counters.requests++;
      assert.ok(this.counters.requests < 2000, 'a walk must come to an end');
      const id = 1 + Math.floor(random() * 1e9);
      const answer = agent.answer(encodeCommunityMessage(1, Buffer.from('public'), pdu, id));
      const bytes = random() < 0.7 ? mutate(answer!, random) : answer!;
      try {
        if (messageId(bytes) === id) return decodeCommunityMessage(bytes, 1);
      } catch (error) {
        if (!(error instanceof BerError)) throw error;
        return { kind: 'failure', code: 'bad_response', message: error.message };
      }
      return { kind: 'failure', code: 'timeout', message: 'lost' };
    },
  };
  return session as unknown as SnmpSession;
}

test(`mutated answers to GET and walks (${COUNT}, seed ${SEED})`, async () => {
  const random = generator(SEED);
  for (let i = 0; i < COUNT; i += 5) {
    const session = fuzzedSession(random);
    const values = await get(session, [SYS_DESCR, SYS_UPTIME]);
    if (!isFailure(values)) assert.equal(values.length, 2);
    const table = await walk(session, 'if', IF_COLUMNS);
    if (table === 'scattered' || isFailure(table)) continue;
    for (const cells of table.values()) assert.equal(cells.length, 3);
  }
});

test(`mutated messages never do more than fail (${COUNT}, seed ${SEED})`, async () => {
  const random = generator(SEED + 1);
  const oids = [SYS_DESCR, SYS_UPTIME, encodeOid('1.3.6.1.2.1.2.2.1.10.3')];
  const honest = agent.answer(
    encodeCommunityMessage(1, Buffer.from('public'), { type: PDU.get, oids, maxRepetitions: 0 }, 77),
  )!;
  const engine = new UsmEngine(v3(161), () => systemClock.monotonicMs());
  await engine.learn({ engineId: Buffer.from('8000000001020304', 'hex'), boots: 3, time: 1000 });
  const sealed = engine.encode(77, { type: PDU.get, oids, maxRepetitions: 0 });
  const discovery = engine.encodeDiscovery(77);
  let read = 0;
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutate(honest, random);
    messageId(bytes);
    try {
      const varbinds = new VarbindReader(decodeCommunityMessage(bytes, 1));
      while (varbinds.next()) varbinds.value();
      read++;
    } catch (error) {
      assert.ok(error instanceof BerError, String(error));
    }
    for (const message of [sealed, discovery]) {
      try {
        const answer = engine.decode(mutate(message, random));
        assert.notEqual(answer.kind, 'response', 'a changed message must not pass for a signed answer');
      } catch (error) {
        assert.ok(error instanceof BerError, String(error));
      }
    }
  }
  assert.ok(read > 0);
});
