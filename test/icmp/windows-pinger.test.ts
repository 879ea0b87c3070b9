/** Pings on Windows with a system that is made up: the real one was tried under Wine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Iphlpapi, WindowsPinger } from '../../src/icmp/windows-pinger.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

interface Call {
  readonly address: string;
  readonly timeoutMs: number;
  /** As the system answers: number of replies, IP status, round trip in milliseconds. */
  readonly answer: (count: number, status?: number, rttMs?: number) => void;
}

function arrange({ hasIPv6 = true } = {}) {
  const clock = new SimulatedClock();
  const calls: Call[] = [];
  const closed: unknown[] = [];
  const api: Iphlpapi = {
    handle4: 4,
    handle6: hasIPv6 ? 6 : undefined,
    sendEcho4: {
      async(...args: unknown[]) {
        const [handle, address, , , , reply, , timeoutMs, answered] = args as [
          number,
          number,
          unknown,
          unknown,
          unknown,
          Uint8Array,
          number,
          number,
          (error: unknown, count: number) => void,
        ];
        assert.equal(handle, 4);
        const bytes = new Uint8Array(Uint32Array.of(address).buffer);
        calls.push({
          address: bytes.join('.'),
          timeoutMs,
          answer(count, status = 0, rttMs = 0) {
            const view = new DataView(reply.buffer);
            view.setUint32(4, status, true);
            view.setUint32(8, rttMs, true);
            answered(null, count);
          },
        });
      },
    },
    sendEcho6: { async: () => assert.fail('no IPv6 in this test') },
    closeHandle: (handle) => closed.push(handle),
  };
  return { clock, calls, closed, pinger: new WindowsPinger(clock, api) };
}

test('an answer, silence and refusals are told apart, in words', async () => {
  const { clock, calls, pinger } = arrange();
  const one = async (elapsedMs: number, ...answer: Parameters<Call['answer']>) => {
    const result = pinger.ping('192.0.2.7', 1000);
    await clock.advance(elapsedMs);
    const call = calls.shift()!;
    assert.deepEqual([call.address, call.timeoutMs], ['192.0.2.7', 1000]);
    call.answer(...answer);
    return result;
  };
  assert.deepEqual(await one(12.4, 1, 0, 12), { kind: 'reply', rttMs: 12.4 });
  assert.deepEqual(await one(40, 1, 0, 12), { kind: 'reply', rttMs: 12 });
  assert.deepEqual(await one(1000, 0, 11_010), { kind: 'timeout' });
  assert.deepEqual(await one(1000, 0), { kind: 'timeout' });
  assert.deepEqual(await one(1, 0), {
    kind: 'unreachable',
    reason: 'Windows could not send the message: no way leads there',
  });
  const refused = await one(3, 1, 11_003);
  assert.deepEqual(refused, { kind: 'unreachable', reason: 'a router says that the host cannot be reached' });
  assert.deepEqual(await one(3, 1, 11_999), { kind: 'unreachable', reason: 'Windows says: IP status 11999' });
});

test('addresses that are silent hold up only each other', async () => {
  const { clock, calls, pinger } = arrange();
  const silence = async (address: string) => {
    const result = pinger.ping(address, 1000);
    await clock.advance(1000);
    calls.pop()!.answer(0, 11_010);
    await result;
  };
  await silence('192.0.2.1');
  await silence('192.0.2.2');
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) void pinger.ping(address, 1000);
  assert.deepEqual(
    calls.map(({ address }) => address),
    ['192.0.2.1'],
  );
  for (let i = 0; i < 5; i++) void pinger.ping('192.0.2.9', 1000);
  assert.equal(calls.filter(({ address }) => address === '192.0.2.9').length, 2, 'two at a time');
  // Who answers again is lively again.
  for (let call = calls.shift(); call; call = calls.shift()) call.answer(1, 0, 1);
  void pinger.ping('192.0.2.1', 1000);
  void pinger.ping('192.0.2.1', 1000);
  assert.equal(calls.length, 2);
});

test('handles are closed once, and only when no call uses them', async () => {
  const { calls, closed, pinger } = arrange({ hasIPv6: false });
  assert.deepEqual(await pinger.ping('::1', 10), { kind: 'unreachable', reason: 'this system has no IPv6' });
  const pending = [1, 2, 3].map(() => pinger.ping('192.0.2.7', 1000));
  pinger.close();
  pinger.close();
  assert.deepEqual(await pending[2], { kind: 'timeout' }, 'what was waiting is not left hanging');
  assert.deepEqual(closed, []);
  calls[0]!.answer(1);
  calls[1]!.answer(1);
  assert.deepEqual(closed, [4]);
  assert.deepEqual(await pinger.ping('192.0.2.7', 10), { kind: 'timeout' });
});
