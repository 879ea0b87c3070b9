/** What templates of UPSs, PDUs, printers, probes and servers make of agents that err, copy trees or describe themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { Recording } from '../../src/templates/recording.ts';

const library = await TemplateLibrary.load();

function inspect(sysObjectId: string, lines: readonly string[]) {
  const walk = [`1.3.6.1.2.1.1.2.0|6|${sysObjectId}`, ...lines];
  return inspectDevice(library, new Recording(Buffer.from(walk.join('\n'))), { nowMs: Date.UTC(2026, 0, 1) });
}

/** Rows of one measurement as `tag value, tag value: field value, …`. */
async function rowsOf(measurement: string, sysObjectId: string, ...lines: string[]): Promise<string[]> {
  const { rows } = await inspect(sysObjectId, lines);
  return rows
    .filter((row) => row.measurement === measurement)
    .map(({ tags, fields }) => {
      const told = Object.entries(fields).map(([field, value]) => `${field} ${value}`);
      return `${Object.values(tags).join(' / ')}: ${told.join(', ')}`;
    });
}

const UPS = '1.3.6.1.2.1.33.1';
const ANY_UPS = '1.3.6.1.2.1.33';

test('what no UPS can mean is left out: 65535, 0 °C, -1', async () => {
  assert.deepEqual(
    await rowsOf(
      'ups',
      ANY_UPS,
      `${UPS}.2.1.0|2|2`,
      `${UPS}.2.3.0|2|65535`,
      `${UPS}.2.4.0|2|-1`,
      `${UPS}.2.7.0|2|0`,
      `${UPS}.4.1.0|2|5`,
      `${UPS}.4.4.1.4.1|2|65535`,
      `${UPS}.4.4.1.5.1|2|42`,
    ),
    ['UPS: load_percent 42, on_battery 1, battery_ok 1'],
  );
});

test('tenths of volts and whole or hundredths of hertz of a UPS are seen as such', async () => {
  assert.deepEqual(
    await rowsOf(
      'sensor',
      ANY_UPS,
      `${UPS}.2.1.0|2|2`,
      `${UPS}.4.2.0|2|5000`,
      `${UPS}.5.1.0|2|50`,
      `${UPS}.3.3.1.2.1|2|499`,
      `${UPS}.3.3.1.3.1|2|2312`,
      `${UPS}.3.3.1.4.1|2|65535`,
      `${UPS}.3.3.1.3.2|2|230`,
    ),
    [
      'Output / frequency: value 50',
      'Bypass / frequency: value 50',
      'Input L1 / frequency: value 49.9',
      'Input L1 / voltage: value 231.2',
      'Input L2 / voltage: value 230',
    ],
  );
});

test('a copy of UPS-MIB below another number is read where it lies', async () => {
  const copy = '1.3.6.1.4.1.13891.101';
  assert.deepEqual(await rowsOf('ups', copy, `${copy}.2.1.0|2|2`, `${copy}.2.4.0|2|97`, `${copy}.4.1.0|2|3`), [
    'UPS: battery_percent 97, on_battery 0, battery_ok 1',
  ]);
});

test('of two trees of a UPS the standard one counts, and the maker’s own where that one is missing', async () => {
  const own = '1.3.6.1.4.1.2254.2.4';
  const line = [`${own}.5.1.0|2|1`, `${own}.7.2.0|2|0`, `${own}.7.8.0|2|55`];
  assert.deepEqual(await rowsOf('ups', own, ...line), ['UPS: battery_percent 55, on_battery 1, battery_ok 1']);
  assert.deepEqual(await rowsOf('ups', own, ...line, `${UPS}.2.1.0|2|2`, `${UPS}.2.4.0|2|60`), [
    'UPS: battery_percent 60, battery_ok 1',
  ]);
});

test('supplies: percent without capacity, something left, not known', async () => {
  const supply = (index: number, descr: string, capacity: number, level: number) => [
    `1.3.6.1.2.1.43.11.1.1.6.1.${index}|4|${descr}`,
    `1.3.6.1.2.1.43.11.1.1.8.1.${index}|2|${capacity}`,
    `1.3.6.1.2.1.43.11.1.1.9.1.${index}|2|${level}`,
  ];
  assert.deepEqual(
    await rowsOf(
      'printer_supply',
      '1.3.6.1.4.1.99999.1',
      '1.3.6.1.2.1.1.1.0|4|Acme laser printer',
      ...supply(1, 'Black', -2, 73),
      ...supply(2, 'Cyan', 4000, 1000),
      ...supply(3, 'Magenta', -2, -3),
      ...supply(4, 'Yellow', -2, -2),
    ),
    ['Black: level_percent 73, ok 1', 'Cyan: level_percent 25, ok 1', 'Magenta: ok 1'],
  );
});

test('the first Raritan tree is read below whatever number sells it', async () => {
  const own = '1.3.6.1.4.1.534.6.6.6';
  const { template, facts } = await inspect(own, [`${own}.1.1.1.0|4|1.5.8`, `${own}.1.1.12.0|4|XY-20`]);
  assert.deepEqual([template, facts.vendor, facts.model, facts.version], ['raritan/px1', 'Eaton', 'XY-20', '1.5.8']);
  assert.deepEqual(await rowsOf('outlet', own, `${own}.1.2.2.1.3.4|2|1`, `${own}.1.2.2.1.4.4|2|1250`), [
    'Outlet 4: on 1, amps 1.25',
  ]);
});

test('units stand beside the readings of cooling units, each reading once', async () => {
  const point = (index: number, name: string, unit: string, scale: number, value: number) => [
    `1.3.6.1.4.1.318.1.1.27.1.4.1.2.1.2.${index}|4|${name}`,
    `1.3.6.1.4.1.318.1.1.27.1.4.1.2.1.3.${index}|2|${value}`,
    `1.3.6.1.4.1.318.1.1.27.1.4.1.2.1.4.${index}|4|${unit}`,
    `1.3.6.1.4.1.318.1.1.27.1.4.1.2.1.5.${index}|2|${scale}`,
  ];
  assert.deepEqual(
    await rowsOf(
      'sensor',
      '1.3.6.1.4.1.318.1.3.14.99',
      ...point(1, 'Supply air', 'C', 10, 214),
      ...point(2, 'Supply air', 'F', 10, 705),
      ...point(3, 'Cooling output', 'kW', 100, 1250),
      ...point(4, 'Absent', 'C', 10, -32768),
    ),
    ['Supply air / temperature: value 21.4', 'Cooling output / power: value 12500'],
  );
});

test('messages of Fibre Channel units are split into reading and unit', async () => {
  const message = (index: number, status: number, text: string) => [
    ...(status ? [`1.3.6.1.3.94.1.8.1.4.1.2.${index}|2|${status}`] : []),
    `1.3.6.1.3.94.1.8.1.6.1.2.${index}|4|${text}`,
  ];
  assert.deepEqual(
    await rowsOf(
      'sensor',
      '1.3.6.1.4.1.11.2.51',
      ...message(1, 3, 'Temperature Loc: controller A: 41 C'),
      ...message(2, 4, 'Voltage, 12V: 11.8V'),
      ...message(3, 0, 'Overall Unit Status: OK'),
    ),
    [
      'Temperature Loc: controller A / temperature: value 41, ok 1',
      'Voltage, 12V / voltage: value 11.8, ok 0',
      'Overall Unit Status / state: value 1, ok 1',
    ],
  );
});

test('a host tells its hardware through the agent of the server’s maker', async () => {
  const linux = ['1.3.6.1.2.1.1.1.0|4|Linux db1 6.1.0-9-amd64 #1 SMP Debian 6.1.27-1 x86_64'];
  const openManage = [
    '1.3.6.1.4.1.674.10892.1.300.10.1.9.1|4|PowerEdge X1',
    '1.3.6.1.4.1.674.10892.1.300.10.1.11.1|4|ABC1234',
  ];
  const told = async (sysObjectId: string, ...lines: string[]) => {
    const { vendor, model, serial, os } = (await inspect(sysObjectId, lines)).facts;
    return [vendor, model, serial, os].map((fact) => fact ?? '-').join(' | ');
  };
  assert.equal(await told('1.3.6.1.4.1.8072.3.2.10', ...linux), 'Debian | x86_64 | - | Linux');
  assert.equal(await told('1.3.6.1.4.1.8072.3.2.10', ...linux, ...openManage), 'Dell | PowerEdge X1 | ABC1234 | Linux');
  assert.equal(
    await told('1.3.6.1.4.1.311.1.1.3.1.2', ...openManage),
    'Microsoft | PowerEdge X1 | ABC1234 | Windows Server',
  );
  assert.equal(
    await told('1.3.6.1.4.1.8072.3.2.10', '1.3.6.1.4.1.232.2.2.4.2.0|4|ProLiant X2', '1.3.6.1.4.1.232.2.2.2.1.0|4|CZ1'),
    'HPE | ProLiant X2 | CZ1 | Linux',
  );
});

test('the operating system of a net-snmp host is the one of its number, not the first word of sysDescr', async () => {
  const { facts } = await inspect('1.3.6.1.4.1.8072.3.2.8', ['1.3.6.1.2.1.1.1.0|4|Storage box of building 7']);
  assert.deepEqual([facts.vendor, facts.os, facts.version], ['FreeBSD', 'FreeBSD', undefined]);
});

test('what a PDU does not measure (-1) is not told, what an outlet is, is', async () => {
  const outlet = '1.3.6.1.4.1.1718.3.2.3.1';
  assert.deepEqual(
    await rowsOf(
      'outlet',
      '1.3.6.1.4.1.1718.3',
      `${outlet}.3.1.1.1|4|Router`,
      `${outlet}.5.1.1.1|2|1`,
      `${outlet}.7.1.1.1|2|-1`,
      `${outlet}.14.1.1.1|2|-1`,
      `${outlet}.3.1.1.2|4|Switch`,
      `${outlet}.5.1.1.2|2|0`,
      `${outlet}.7.1.1.2|2|125`,
    ),
    ['Router 1.1.1: on 1', 'Switch 1.1.2: on 0, amps 1.25'],
  );
});

test('a databus of PDUs is read below the number of whoever sells it', async () => {
  for (const [number, vendor] of [
    ['31034', 'Schleifenbauer'],
    ['28402', 'Conteg'],
  ]) {
    const input = `1.3.6.1.4.1.${number}.12.1.1.2.6.1.1`;
    const lines = [`${input}.5.1.1|2|512`, `${input}.7.1.1|2|23010`, `${input}.9.1.1|2|1178`, `${input}.4.1.1|2|9500`];
    const { facts } = await inspect(`1.3.6.1.4.1.${number}.11.1`, lines);
    assert.equal(facts.vendor, vendor);
    assert.deepEqual(await rowsOf('sensor', `1.3.6.1.4.1.${number}.11.1`, ...lines), [
      'PDU 1 L1 / power_factor: value 0.95',
      'PDU 1 L1 / current: value 5.12',
      'PDU 1 L1 / voltage: value 230.1',
      'PDU 1 L1 / apparent_power: value 1178',
      'PDU 1 L1 / power: value 1119.1',
    ]);
  }
});

test('channels of a probe are what their names or the type of the device say', async () => {
  const own = '1.3.6.1.4.1.5040.1.2.77';
  const channel = (index: number, value: number, name: string) => [
    `${own}.1.4.1.1.${index}|2|${value}`,
    `${own}.3.2.1.1.1.${index}|4|${name}`,
  ];
  assert.deepEqual(
    await rowsOf(
      'sensor',
      own,
      `${own}.3.3.5.0|4|Web-Thermo-Hygrobarograph`,
      ...channel(1, 214, 'Temperatur'),
      ...channel(2, 453, 'rel. Feuchte'),
      ...channel(3, 327670, 'Luftdruck'),
    ),
    ['Temperatur 1 / temperature: value 21.4', 'rel. Feuchte 2 / humidity: value 45.3'],
  );
});

test('degrees Fahrenheit are told in Celsius', async () => {
  const own = '1.3.6.1.4.1.21239.5.1';
  assert.deepEqual(
    await rowsOf(
      'sensor',
      own,
      `${own}.1.7.0|2|0`,
      `${own}.2.1.3.1|4|Rack`,
      `${own}.2.1.5.1|2|770`,
      `${own}.2.1.6.1|2|38`,
    ),
    ['Rack / temperature: value 25', 'Rack / humidity: value 38'],
  );
});
