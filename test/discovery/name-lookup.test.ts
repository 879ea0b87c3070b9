/** Names of addresses, asked of a real name server on loopback. */
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { nameLookup } from '../../src/discovery/name-lookup.ts';

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

/** PTR records by the name that is asked for; undefined: no answer. */
async function nameServer(answer: (name: string) => readonly string[] | undefined) {
  const socket = dgram.createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, from) => {
    const name = nameIn(question);
    asked.push(name);
    const names = answer(name);
    if (names) socket.send(reply(question, names), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return { lookup: nameLookup({ servers: [`127.0.0.1:${socket.address().port}`], timeoutMs: 50 }), asked };
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at] !== 0; at += question[at]! + 1) {
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]!));
  }
  return labels.join('.');
}

function reply(question: Buffer, names: readonly string[]): Buffer {
  let end = 12;
  while (question[end] !== 0) end += question[end]! + 1;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(names.length === 0 ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(names.length, 6);
  header.fill(0, 8, 12);
  const records = names.map((name) => {
    const labels = name
      .split('.')
      .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
    const data = Buffer.concat([...labels, Buffer.alloc(1)]);
    return Buffer.concat([
      Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]),
      data,
    ]);
  });
  return Buffer.concat([header, question.subarray(12, end + 5), ...records]);
}

test('a name is taken that a host can have; whatever else stands there is none', async () => {
  const names: Readonly<Record<number, readonly string[]>> = {
    1: ['Core-SW.plant.example'],
    2: [],
    3: ['<script>alert(1)</script>.example'],
    4: ['bad\u001b[31m\n.example', 'second.example'],
    5: ['\u00ff\u00fe.example'],
  };
  const { lookup } = await nameServer((name) => names[Number.parseInt(name, 10)]);
  const found = await Promise.all([1, 2, 3, 4, 5].map((host) => lookup(`192.0.2.${host}`)));
  assert.deepEqual(found, ['core-sw.plant.example', undefined, undefined, 'second.example', undefined]);
});

test('names of IPv6 addresses are asked for digit by digit', async () => {
  const { lookup, asked } = await nameServer(() => ['six.example']);
  assert.equal(await lookup('2001:db8::7a'), 'six.example');
  assert.deepEqual(asked, [`a.7.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa`]);
});

test('a name server that never answers is asked no more; one that misses some is', async () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);
  const dead = await nameServer(() => undefined);
  await Promise.all(hosts(8).map(dead.lookup));
  for (const host of hosts(8)) assert.equal(await dead.lookup(host), undefined);
  assert.equal(dead.asked.length, 8);
  const poor = await nameServer((name) => (name.startsWith('9.') ? ['sw.example'] : undefined));
  for (let round = 0; round < 2; round++) {
    await Promise.all(hosts(7).map(poor.lookup));
    assert.equal(await poor.lookup('192.0.2.9'), 'sw.example');
  }
  assert.equal(poor.asked.length, 16);
});
