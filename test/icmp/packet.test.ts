/** Echo messages and the pings of this machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_BYTES, readIcmp, writeEcho } from '../../src/icmp/packet.ts';
import { openPinger } from '../../src/icmp/pinger.ts';
import { TcpPinger } from '../../src/icmp/tcp-pinger.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function reply(family: 4 | 6, number = 70_000): Uint8Array {
  const bytes = new Uint8Array(ECHO_BYTES);
  writeEcho(bytes, 0, family, 99, number, nonce);
  bytes[0] = family === 4 ? 0 : 129;
  return bytes;
}

/** Reads a message that stands in the middle of other bytes. */
function read(message: Uint8Array, family: 4 | 6, identifier: number | undefined, own: Uint8Array) {
  const bytes = new Uint8Array(message.length + 14).fill(0x45);
  bytes.set(message, 7);
  return readIcmp(bytes, 7, 7 + message.length, family, identifier, own);
}

const ipv4Header = Uint8Array.from([0x45, 0, 0, 40, ...new Array(16).fill(0)]);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

test('an echo request has a valid checksum', () => {
  const bytes = new Uint8Array(ECHO_BYTES);
  writeEcho(bytes, 0, 4, 4711, 123_456, nonce);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! * 256 + bytes[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  assert.equal(sum, 0xffff);
});

test('replies are read with and without IP header, in both families', () => {
  const expected = { kind: 'reply', sequence: 70_000 & 0xffff, number: 70_000 };
  assert.deepEqual(read(reply(4), 4, undefined, nonce), expected);
  assert.deepEqual(read(join(ipv4Header, reply(4)), 4, 99, nonce), expected);
  assert.deepEqual(read(reply(6), 6, 99, nonce), expected);
});

test("nobody else's replies are taken for ours", () => {
  assert.equal(read(reply(4), 4, 99, Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9)), undefined);
  assert.equal(read(reply(4).subarray(0, 12), 4, 99, nonce), undefined);
  assert.equal(read(new Uint8Array(3), 4, 99, nonce), undefined);
});

test("a router's complaint about our request says why", () => {
  const request = new Uint8Array(ECHO_BYTES);
  writeEcho(request, 0, 4, 99, 5, nonce);
  const complaint = join(ipv4Header, Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0), ipv4Header, request.subarray(0, 8));
  assert.deepEqual(read(complaint, 4, 99, nonce), {
    kind: 'error',
    sequence: 5,
    reason: 'a router says: host unreachable',
  });
  assert.equal(read(complaint, 4, 98, nonce), undefined);
});

test('no bytes make the reader fail', () => {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 24;
  };
  for (let i = 0; i < 5000; i++) {
    const bytes = Uint8Array.from({ length: random() % 64 }, random);
    read(bytes, i % 2 === 0 ? 4 : 6, 99, nonce);
  }
});

test('this machine answers itself, on every way that it allows', async () => {
  const pinger = await openPinger({ clock: systemClock, log: silentLogger });
  const answers = await Promise.all(['127.0.0.1', '127.0.3.4'].map((address) => pinger.ping(address, 2000)));
  for (const answer of answers)
    assert.ok(answer.kind === 'reply' && answer.rttMs >= 0 && answer.rttMs < 2000, pinger.sentence);
  assert.equal((await pinger.ping('no address', 100)).kind, pinger.way === 'tcp' ? 'timeout' : 'unreachable');
  pinger.close();
});

test('without ICMP a host that refuses a TCP connection is there all the same', async () => {
  const pinger = new TcpPinger(systemClock, 'a test.');
  const answer = await pinger.ping('127.0.0.1', 1000);
  assert.equal(answer.kind, 'reply');
  pinger.close();
});
