/** OIDs, values and messages: tables, and the same bytes as another implementation writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BerReader, BerWriter, TAG } from '../../src/snmp/ber.ts';
import { encodeCommunityMessage, messageId } from '../../src/snmp/community.ts';
import { compareOids, decodeArcs, decodeOid, encodeOid, isBelow } from '../../src/snmp/oid.ts';
import { PacketBudget } from '../../src/snmp/packet-budget.ts';
import { PDU, readValue } from '../../src/snmp/pdu.ts';
import { RowSelection } from '../../src/snmp/row-selection.ts';
import { RttEstimator } from '../../src/snmp/rtt.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('OIDs survive encoding, whatever their numbers', () => {
  for (const [text, bytes] of [
    ['1.3.6.1.2.1.1.3.0', '2b06010201010300'],
    ['1.3.6.1.4.1.8072.9999', '2b06010401bf08ce0f'],
    ['2.100.3', '813403'],
    ['1.3.4294967295', '2b8fffffff7f'],
    ['0.0', '00'],
  ] as const) {
    assert.deepEqual(encodeOid(text), hex(bytes), text);
    assert.equal(decodeOid(hex(bytes)), text);
  }
  for (const bad of ['', '1', '3.1', '1.40', '1.3.-1', '1.3.4294967296', '1.3.x', '1..3'])
    assert.throws(() => encodeOid(bad), RangeError, bad);
});

test('OIDs are ordered by their numbers, not by their bytes', () => {
  const sorted = [
    '1.3',
    '1.3.1',
    '1.3.127',
    '1.3.128',
    '1.3.128.5',
    '1.3.16383',
    '1.3.16384',
    '1.3.4294967295',
    '1.4',
  ].map(encodeOid);
  for (let i = 0; i < sorted.length; i++) {
    for (let j = 0; j < sorted.length; j++) {
      const [a, b] = [sorted[i]!, sorted[j]!];
      assert.equal(Math.sign(compareOids(a, 0, a.length, b, 0, b.length)), Math.sign(i - j));
    }
  }
  assert.ok(isBelow(encodeOid('1.3.6'), encodeOid('1.3.6.1'), 0, 3));
  assert.ok(!isBelow(encodeOid('1.3.6'), encodeOid('1.3.6'), 0, 2));
});

test('values are read as devices write them, faults included', () => {
  const cases: readonly [number, string, unknown][] = [
    [TAG.integer, '00', 0],
    [TAG.integer, 'ff', -1],
    [TAG.integer, '80000000', -2147483648],
    [TAG.counter32, '00ffffffff', 4294967295],
    // Without the leading zero, and with the sign stretched to eight bytes.
    [TAG.counter32, 'ffffffff', 4294967295],
    [TAG.gauge32, 'ffffffffffffff9c', 4294967196],
    [TAG.counter64, '00ffffffffffffffff', 18446744073709552000],
    [TAG.counter64, '0de0b6b3a7640000', 1e18],
    [TAG.ipAddress, 'c0000201', '192.0.2.1'],
    [TAG.oid, '2b0601', '1.3.6.1'],
    [TAG.oid, '', '0.0'],
    [TAG.opaque, '9f780442280000', 42],
    [TAG.opaque, '9f79084045000000000000', 42],
    [TAG.null, '', null],
    [TAG.noSuchInstance, '', null],
  ];
  for (const [tag, bytes, expected] of cases)
    assert.equal(readValue(tag, hex(bytes), 0, bytes.length / 2), expected, bytes);
  assert.deepEqual(readValue(TAG.octetString, hex('00ff'), 0, 2), hex('00ff'));
  for (const [tag, bytes] of [
    [TAG.integer, ''],
    [TAG.ipAddress, '01'],
    [0x99 & 0x7f, '01'],
    [TAG.counter64, '00'.repeat(10)],
  ] as const) {
    assert.throws(() => readValue(tag, hex(bytes), 0, bytes.length / 2));
  }
});

test('a request is the one that snmpbulkget sends', () => {
  const oid = encodeOid('1.3.6.1.2.1.2');
  const message = encodeCommunityMessage(
    1,
    Buffer.from('public'),
    { type: PDU.getBulk, oids: [oid], maxRepetitions: 10 },
    0x12345678,
  );
  assert.deepEqual(
    message,
    hex(
      '3025 020101 0406 7075626c6963 a518 0204 12345678 020100 02010a 300a 3008 0606 2b0601020102 0500'
        .replace('3025', '3027')
        .replace('a518', 'a51a')
        .replace('300a 3008', '300c 300a'),
    ),
  );
  assert.equal(messageId(message), 0x12345678);
  assert.equal(messageId(message.subarray(0, 25)), 0x12345678);
  assert.equal(messageId(hex('30')), undefined);
  assert.equal(messageId(hex('0403020101')), undefined);
});

test('the writer makes lengths of every size', () => {
  const writer = new BerWriter();
  for (const length of [0, 127, 128, 255, 256, 5000, 70_000]) {
    writer.reset();
    writer.element(TAG.octetString, new Uint8Array(length).fill(7));
    const reader = new BerReader(writer.take());
    assert.equal(reader.octets().length, length);
  }
  for (const value of [0, 1, 127, 128, 255, 256, 32767, 32768, 2147483647, -1, -128, -129, -2147483648]) {
    writer.reset();
    writer.integer(value);
    assert.equal(new BerReader(writer.take()).integer(), value);
  }
});

test('chosen rows know where a walk begins and ends', () => {
  const column = encodeOid('1.3.6.1.2.1.2.2.1.10');
  const rows = new RowSelection(['20', '3', '300']);
  assert.deepEqual(rows.indexes, ['3', '20', '300']);
  assert.equal(decodeOid(rows.before(column)), '1.3.6.1.2.1.2.2.1.10.2');
  const last = encodeOid('1.3.300').subarray(1);
  assert.ok(rows.isLast(last, 0, last.length) && rows.includesLast(last, 0, last.length));
  assert.equal(decodeArcs(last, 0, last.length), '300');
  assert.equal(decodeOid(new RowSelection(['5.0']).before(column)), '1.3.6.1.2.1.2.2.1.10.5');
});

test('time-outs follow the device, double with each try, and are coarse', () => {
  const rtt = new RttEstimator();
  assert.deepEqual(
    [0, 1, 2].map((attempt) => rtt.timeoutMs(attempt)),
    [1000, 2000, 4000],
  );
  for (let i = 0; i < 50; i++) rtt.measured(2);
  assert.equal(rtt.timeoutMs(0), 400);
  for (let i = 0; i < 50; i++) rtt.measured(900);
  assert.ok(rtt.timeoutMs(0) >= 1800 && rtt.timeoutMs(0) <= 3000);
  assert.equal(rtt.timeoutMs(0) % 50, 0);
});

test('a packet budget lets a tenth of a second through at once, then keeps its pace', () => {
  let nowMs = 0;
  const budget = new PacketBudget(50, () => nowMs);
  const waits = Array.from({ length: 7 }, () => budget.take());
  assert.deepEqual(waits.map(Math.round), [0, 0, 0, 0, 0, 20, 40]);
  nowMs = 10_000;
  assert.equal(budget.take(), 0);
  const slow = new PacketBudget(10, () => nowMs);
  assert.deepEqual([slow.take(), slow.take(), slow.take()].map(Math.round), [0, 100, 200]);
});
