/** What the shipped generic templates make of devices that no maker's template knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { Recording } from '../../src/templates/recording.ts';

const library = await TemplateLibrary.load();

function inspect(...lines: string[]) {
  return inspectDevice(library, new Recording(Buffer.from(lines.join('\n'))), { nowMs: Date.UTC(2026, 0, 1) });
}

/** sysDescr of unknown makers → model | serial | version | os. */
const DESCRIPTIONS: readonly (readonly [string, string])[] = [
  ['XY-2408 Gigabit Switch', 'XY-2408 Gigabit Switch | - | - | -'],
  ['Acme gateway, firmware version 3.2.1-rc4, S/N: AB12345', '- | AB12345 | 3.2.1-rc4 | -'],
  ['Product: XG-77;SW Version: 6.60A.309.001', 'XG-77 | - | 6.60A.309.001 | -'],
  ['Acme modem <<HW_REV: 2; VENDOR: Acme; BOOTR: 1.1; SW_REV: 4.5.6; MODEL: CM-9>>', 'CM-9 | - | 4.5.6 | -'],
  ['Acme bridge running VxWorks', '- | - | - | VxWorks'],
  ['SNMPv1 agent of a SN4971 device', '- | - | - | -'],
];

test('what nothing else says is found in sysDescr, and nothing is made up', async () => {
  for (const [descr, expected] of DESCRIPTIONS) {
    const { facts } = await inspect(`1.3.6.1.2.1.1.1.0|4|${descr}`, '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1');
    const { model, serial, version, os } = facts;
    assert.equal([model, serial, version, os].map((fact) => fact ?? '-').join(' | '), expected, descr);
  }
});

test('the host name is no model', async () => {
  const { facts } = await inspect('1.3.6.1.2.1.1.1.0|4|core-7', '1.3.6.1.2.1.1.5.0|4|core-7');
  assert.deepEqual(facts, { name: 'core-7' });
});

test('texts that say nothing are no facts', async () => {
  const chassis = (column: number, text: string) => `1.3.6.1.2.1.47.1.1.1.1.${column}.1|4|${text}`;
  const { facts } = await inspect(
    '1.3.6.1.2.1.47.1.1.1.1.5.1|2|3',
    chassis(10, 'Version 7.1'),
    chassis(11, 'Not Specified'),
    chassis(12, 'N/A'),
    chassis(13, 'To be filled by O.E.M.'),
  );
  assert.deepEqual(facts, { version: '7.1' });
});

test('the first module is not a transceiver, nor the maker of the chip the maker', async () => {
  const part = (index: number, kind: number, model: string) => [
    `1.3.6.1.2.1.47.1.1.1.1.5.${index}|2|${kind}`,
    `1.3.6.1.2.1.47.1.1.1.1.13.${index}|4|${model}`,
  ];
  const { facts } = await inspect(
    '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.4413.2.1',
    ...part(1, 10, 'SFP-1G'),
    ...part(2, 6, 'PSU-9'),
    ...part(3, 3, 'SW-48'),
    '1.3.6.1.2.1.47.1.1.1.1.12.3|4|Acme',
  );
  assert.equal(facts.model, 'SW-48');
  assert.equal(facts.vendor, 'Acme');
});

interface Reading {
  readonly type: number;
  readonly scale: number;
  readonly precision: number;
  readonly value: number;
  readonly name: string;
  readonly units?: string;
}

async function sensors(readings: readonly Reading[]) {
  const lines = readings.flatMap(({ type, scale, precision, value, name, units }, i) => [
    `1.3.6.1.2.1.47.1.1.1.1.7.${i + 1}|4|${name}`,
    `1.3.6.1.2.1.99.1.1.1.1.${i + 1}|2|${type}`,
    `1.3.6.1.2.1.99.1.1.1.2.${i + 1}|2|${scale}`,
    `1.3.6.1.2.1.99.1.1.1.3.${i + 1}|2|${precision}`,
    `1.3.6.1.2.1.99.1.1.1.4.${i + 1}|2|${value}`,
    ...(units === undefined ? [] : [`1.3.6.1.2.1.99.1.1.1.6.${i + 1}|4|${units}`]),
  ]);
  const { rows } = await inspect(...lines);
  return rows.filter((row) => row.measurement === 'sensor').map(({ tags, fields }) => [tags.class, fields.value]);
}

test('sensors are scaled; those without a status count, those without a reading do not', async () => {
  assert.deepEqual(
    await sensors([
      { type: 8, scale: 9, precision: 1, value: 415, name: 'Inlet' },
      { type: 4, scale: 8, precision: 0, value: 3310, name: 'Supply 3.3 V' },
      { type: 8, scale: 9, precision: 0, value: -32768, name: 'Absent' },
      { type: 10, scale: 9, precision: 0, value: 2147483647, name: 'Fan' },
    ]),
    [
      ['temperature', 41.5],
      ['voltage', 3.31],
    ],
  );
});

test('optical power in watts is told in dBm, electrical power in watts', async () => {
  assert.deepEqual(
    await sensors([
      { type: 6, scale: 7, precision: 0, value: 500, name: 'DOM Rx Power port 1' },
      { type: 6, scale: 7, precision: 0, value: 0, name: 'DOM Rx Power port 2' },
      { type: 6, scale: 9, precision: 0, value: 150, name: 'Power supply 1 Rx side' },
    ]),
    [
      ['signal', -3.01029995664],
      ['power', 150],
    ],
  );
});

test('a sensor of no standard kind is what its unit says', async () => {
  assert.deepEqual(
    await sensors([
      { type: 1, scale: 9, precision: 2, value: -712, name: 'Lane', units: 'dBm' },
      { type: 1, scale: 9, precision: 0, value: 3, name: 'Fan level', units: 'level' },
    ]),
    [['signal', -7.12]],
  );
});

test('a maker without a number of its own is known by its words, but not by the name of a host', async () => {
  const vendor = async (descr: string) => (await inspect(`1.3.6.1.2.1.1.1.0|4|${descr}`)).facts.vendor;
  assert.equal(await vendor('Hirschmann rail switch'), 'Hirschmann');
  assert.equal(await vendor('Linux siemens-gateway 5.10 armv7l'), 'Linux');
  assert.equal(await vendor('Gateway of nobody'), undefined);
});

test('switches keep one tree below their own number or that of their series', async () => {
  const model = '1.3.6.1.4.1.259.10.1.99';
  for (const [objectId, template] of [
    [model, 'edgecore/switch'],
    [`${model}.105`, 'edgecore/switch-series'],
  ]) {
    const { recognition, facts, rows } = await inspect(
      `1.3.6.1.2.1.1.2.0|6|${objectId}`,
      `${model}.1.1.3.1.6.1|4|1.2.3`,
      `${model}.1.1.5.1.0|4|ECS9999-28P`,
      `${model}.1.39.2.1.0|2|12`,
      `${model}.1.39.3.1.0|2|268435456`,
      `${model}.1.39.3.3.0|2|68435456`,
    );
    assert.equal(recognition.template, template);
    assert.equal(`${facts.vendor} ${facts.model} ${facts.version}`, 'Edgecore ECS9999-28P 1.2.3');
    assert.deepEqual(rows.find(({ measurement }) => measurement === 'cpu')?.fields, { percent: 12 });
    assert.deepEqual(rows.find(({ measurement }) => measurement === 'memory')?.fields, {
      total_bytes: 268435456,
      used_bytes: 200000000,
    });
  }
});

test('a broken sensor below absolute zero and an upper limit of nothing are left out', async () => {
  const sensor = (index: number, type: number, value: number) =>
    [
      [1, type],
      [2, 9],
      [3, 0],
      [4, value],
      [5, 1],
    ].map(([column, number]) => `1.3.6.1.4.1.9.9.91.1.1.1.1.${column}.${index}|2|${number}`);
  const threshold = (index: number, relation: number, value: number) => [
    `1.3.6.1.4.1.9.9.91.1.2.1.1.3.7.${index}|2|${relation}`,
    `1.3.6.1.4.1.9.9.91.1.2.1.1.4.7.${index}|2|${value}`,
  ];
  const { rows } = await inspect(
    '1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, Version 15.2',
    '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.9999',
    ...sensor(6, 8, -866597556),
    ...sensor(7, 4, 12),
    ...sensor(8, 4, 230500),
    ...threshold(1, 4, 0),
    ...threshold(2, 4, 13),
    ...threshold(3, 2, 11),
  );
  const sensors = rows.filter(({ measurement }) => measurement === 'sensor');
  assert.deepEqual(
    sensors.map(({ tags, fields }) => [tags.sensor, fields.value, fields.low, fields.high]),
    [
      ['7', 12, 11, 13],
      ['8', 230.5, undefined, undefined],
    ],
  );
});
