/** `telltale inspect` and `telltale template check`, run as a user runs them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-inspect-'));
after(() => fs.rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const whole = path.join(folder, name);
  fs.writeFileSync(whole, text);
  return whole;
}

async function telltale(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = promisify(execFile)(process.execPath, [main, ...argv]);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

const recording = file(
  'switch.snmprec',
  [
    '1.3.6.1.2.1.1.1.0|4|Acme switch, Firmware 2.1',
    '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.7',
    '1.3.6.1.2.1.1.3.0|67|360000',
    '1.3.6.1.2.1.1.5.0|4|sw1',
    '1.3.6.1.2.1.2.2.1.1.1|2|1',
    '1.3.6.1.2.1.2.2.1.2.1|4|eth1',
    '1.3.6.1.2.1.2.2.1.3.1|2|6',
    '1.3.6.1.2.1.2.2.1.7.1|2|1',
    '1.3.6.1.2.1.2.2.1.8.1|2|1',
    '1.3.6.1.2.1.2.2.1.10.1|65|1000',
    '1.3.6.1.4.1.99999.2.5.1.2.1|4|Chassis',
    '1.3.6.1.4.1.99999.2.5.1.3.1|2|415',
  ].join('\n'),
);
const template = `
id: acme/switch
name: Acme switch
inherits: generic/snmp
match:
  - sys_object_id: 1.3.6.1.4.1.99999.1
facts:
  vendor: Acme
  version: "{capture(sys_descr, 'Firmware ([\\\\d.]+)')}"
metrics:
  acme_temperature:
    measurement: sensor
    table: 1.3.6.1.4.1.99999.2.5.1
    columns: { reading: 3 }
    static: { name: 2 }
    tags: { sensor: "{name}", class: temperature }
    fields: { value: reading / 10 }
`;

test('a recording is inspected: template, facts, interfaces, metrics, effort', async () => {
  const { code, stdout } = await telltale('inspect', recording, '--template', file('acme.yaml', template));
  assert.equal(code, 0);
  const found = JSON.parse(stdout);
  assert.equal(found.template, 'acme/switch');
  assert.deepEqual([found.facts.vendor, found.facts.version, found.facts.name], ['Acme', '2.1', 'sw1']);
  assert.deepEqual(
    found.interfaces.map((one: { ifname: string; polled: boolean }) => [one.ifname, one.polled]),
    [['eth1', true]],
  );
  const sensor = found.metrics.find((row: { measurement: string }) => row.measurement === 'sensor');
  assert.deepEqual(sensor, {
    measurement: 'sensor',
    tags: { sensor: 'Chassis', class: 'temperature' },
    fields: { value: 41.5 },
  });
  assert.deepEqual(Object.keys(found.poll), ['requests', 'varbinds', 'duration_ms']);
});

test('a template is checked, with a recording if there is one', async () => {
  const { code, stdout } = await telltale('template', 'check', file('good.yaml', template), '--walk', recording);
  assert.equal(code, 0);
  assert.match(stdout, /acme\/switch: fine/);
  assert.match(stdout, /sensor \{"sensor":"Chassis","class":"temperature"\} \{"value":41.5\}/);
});

test('a bad template is refused with file, line and remedy', async () => {
  const bad = file('bad.yaml', template.replace('{ value: reading / 10 }', '{ value: readings / 10 }'));
  const { code, stderr } = await telltale('template', 'check', bad);
  assert.equal(code, 1);
  assert.match(stderr, /bad\.yaml:17:.*`readings` is not known here; known: reading, name/);
});

test('what is no recording is said so', async () => {
  const { code, stderr } = await telltale('inspect', file('note.txt', 'hello'));
  assert.equal(code, 1);
  assert.match(stderr, /not a recording/);
});
