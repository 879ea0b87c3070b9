import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type BodyRead, type ReadBodyOptions, readBody } from '../../src/api/body.ts';

/** Sends the text of a request and gives what `readBody` makes of it. */
async function read(text: string, options: ReadBodyOptions, arrived: () => void = () => {}): Promise<BodyRead> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  try {
    socket.write(text);
    const [incoming] = (await once(server, 'request')) as [http.IncomingMessage];
    const result = readBody(incoming, options);
    arrived();
    return await result;
  } finally {
    socket.destroy();
    server.close();
  }
}

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';
const chunked = (...chunks: string[]) =>
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}`;

test('a body that never ends is given up when it is told to', async () => {
  for (const text of [`${HEAD}Content-Length: 100\r\n\r\nm f=1`, chunked('m f=1')]) {
    const stop = new AbortController();
    const result = await read(text, { limitBytes: 1000, signal: stop.signal }, () => stop.abort());
    assert.equal(result.kind, 'given_up');
  }
});

test('a body of unknown length asks for room before it grows, and ends at the limit', async () => {
  const asked: number[] = [];
  const hasRoom = (bytes: number) => {
    asked.push(bytes);
    return bytes <= 1500;
  };
  const text = chunked('a'.repeat(1000), 'b'.repeat(1000), 'c'.repeat(1000));
  assert.equal((await read(`${text}0\r\n\r\n`, { limitBytes: 10_000, hasRoom })).kind, 'given_up');
  assert.ok(asked.length > 0 && asked.every((bytes) => bytes <= 3000));
  assert.equal((await read(`${text}0\r\n\r\n`, { limitBytes: 2500 })).kind, 'too_large');
  const whole = await read(`${text}0\r\n\r\n`, { limitBytes: 3000 });
  assert.ok(whole.kind === 'body' && whole.bytes.length === 3000);
});
