/** The host probe on the machine that runs the tests. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { hostProbe } from '../../src/probes/host/host.ts';
import { isPolledByDefault, processRows } from '../../src/probes/host/reading.ts';
import { probeTarget, probeTools } from '../support/probe-bench.ts';

test('the machine is read in the families of the contract, plausibly', {
  skip: process.platform !== 'linux',
}, async () => {
  const tools = { ...(await probeTools()), clock: systemClock };
  const run = hostProbe.start(probeTarget(), hostProbe.settings.parse({ processes: 4 }), tools);
  const result = await run.poll(new Cancellation());
  assert.equal(result.error, undefined);
  const of = (measurement: string) => result.rows.filter((row) => row.measurement === measurement);
  const total = of('cpu').find((row) => row.tags.core === 'total');
  assert.ok(total && total.fields.percent! >= 0 && total.fields.percent! <= 100 && total.fields.load1! >= 0);
  const memory = of('memory').find((row) => row.tags.pool === 'Physical memory');
  assert.ok(memory && memory.fields.used_bytes! > 0 && memory.fields.used_bytes! < memory.fields.total_bytes!);
  const root = of('storage').find((row) => row.tags.mount === '/');
  const stats = fs.statfsSync('/');
  assert.equal(root?.fields.total_bytes, stats.blocks * stats.bsize);
  assert.ok(of('process').length >= 2);
  assert.ok(of('host')[0]!.fields.boot_time_seconds! < Date.now() / 1000);
  assert.ok(result.interfaces?.some((one) => one.ifname === 'lo' && !one.polled));
  assert.ok(result.facts?.facts.name);
  assert.equal(fs.existsSync('/proc/self'), true);
  tools.udp.close();
});

test('processes are summed up by name, and one that was reported stays for a while', () => {
  const uses = Array.from({ length: 20 }, (_, i) => ({ name: `p${i}`, cpuPercent: i, memoryBytes: i }));
  const top = processRows([...uses, { name: 'p19', cpuPercent: 1, memoryBytes: 1 }], 4, new Set());
  assert.deepEqual(
    top.map((row) => [row.tags.name, row.fields.running]),
    [
      ['p19', 2],
      ['p18', 1],
    ],
  );
  const kept = processRows(uses, 4, new Set(['p13', 'p2']));
  assert.deepEqual(
    kept.map((row) => row.tags.name),
    ['p19', 'p18', 'p13'],
  );
});

test('interfaces that only copy others are not polled unless chosen', () => {
  for (const name of ['lo', 'veth12ab', 'docker0', 'ifb0']) assert.equal(isPolledByDefault(name), false, name);
  for (const name of ['eth0', 'enp3s0', 'wlan0', 'bond0', 'br-lan']) assert.equal(isPolledByDefault(name), true, name);
});
