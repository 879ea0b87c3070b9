/** A poor link: the shared farm loses a fifth of the requests and answers after 300 ms. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/snmp/failure.ts';
import { get } from '../../src/snmp/get.ts';
import { PacketBudget } from '../../src/snmp/packet-budget.ts';
import { SnmpSession } from '../../src/snmp/session.ts';
import { readTable } from '../../src/snmp/table.ts';
import { IF_COLUMNS, SessionBench, SYS_DESCR, text } from '../support/snmp-session.ts';

const farmFile = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'tools', 'snmp-farm.mjs');
const PORT = 23_561;
const DEVICES = 3;
const INTERFACES = 12;
const bench = new SessionBench();
let farm: ChildProcess | undefined;
after(() => {
  bench.close();
  farm?.kill();
});

test('devices behind a poor link are read whole', {
  skip: fs.existsSync(farmFile) ? false : 'no shared folder',
}, async () => {
  const args = [
    '-',
    String(PORT),
    '--synthetic',
    String(INTERFACES),
    '--count',
    String(DEVICES),
    '--loss',
    '0.2',
    '--delay-ms',
    '300',
  ];
  farm = spawn(process.execPath, [farmFile, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(farm.stdout!, 'data');
  const read = async (device: number) => {
    const { udp, engines } = bench;
    const session = new SnmpSession({
      udp,
      engines,
      clock: systemClock,
      address: `127.0.1.${device + 1}`,
      credential: { version: 'v2c', community: 'public', port: PORT },
      budget: new PacketBudget(50, () => systemClock.monotonicMs()),
      // The farm's losses are random: enough tries that the test never fails by bad luck.
      retries: 8,
    });
    const values = await get(session, [SYS_DESCR]);
    assert.ok(!isFailure(values), JSON.stringify(values));
    assert.match(text(values[0]), /^Synthetic switch/);
    const table = await readTable(session, 'if', IF_COLUMNS);
    assert.ok(!isFailure(table), JSON.stringify(table));
    assert.equal(table.size, INTERFACES);
    assert.ok(session.rttMs === -1 || session.rttMs >= 290);
  };
  await Promise.all(Array.from({ length: DEVICES }, (_, i) => read(i)));
});
