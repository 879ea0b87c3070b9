import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { TcpPinger } from '../../src/icmp/tcp-pinger.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { diagnoseSilence } from '../../src/probes/snmp-diagnosis.ts';
import { isPortUnreachable } from '../../src/snmp/port-test.ts';

async function closedPort(): Promise<number> {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

test('a closed port is told from a silent one', async () => {
  assert.equal(await isPortUnreachable(systemClock, '127.0.0.1', await closedPort()), true);
  const silent = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  assert.equal(await isPortUnreachable(systemClock, '127.0.0.1', silent.address().port), false);
  silent.close();
});

test('an address of a network that is not here says nothing and harms nobody', async () => {
  assert.equal(await isPortUnreachable(systemClock, 'fe80::1%nowhere', 161), false);
});

test('silence is explained without ICMP too, and says so', async () => {
  const tools = { clock: systemClock, pinger: new TcpPinger(systemClock, 'it is a test.') };
  const silent = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const credential = { version: 'v2c', community: 'public', port: silent.address().port } as const;
  const { code, message } = await diagnoseSilence(tools, '127.0.0.1', credential, false);
  assert.equal(code, 'timeout');
  assert.match(
    message,
    /^127\.0\.0\.1 answers TCP but not SNMP on port \d+: check that SNMPv2c is switched on, the community/,
  );
  silent.close();
  const closed = await diagnoseSilence(tools, '127.0.0.1', { ...credential, port: await closedPort() }, false);
  assert.equal(closed.code, 'port_unreachable');
});
