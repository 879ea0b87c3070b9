import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression, compileText, type Names } from '../../src/templates/expression.ts';
import type { RowContext } from '../../src/templates/operators.ts';
import { ExpressionError } from '../../src/templates/tokens.ts';
import type { Value } from '../../src/templates/value.ts';

const VALUES: Readonly<Record<string, Value>> = {
  used: 30,
  total: 120,
  empty: undefined,
  wide: 18446744073709551615n,
  text: Buffer.from('23.5 C'),
  number_text: Buffer.from(' 42\0\0'),
  name: Buffer.from('Fan 1'),
  latin: Buffer.from([0x54, 0xfc, 0x72]),
  bits: Buffer.from([0b0100_0001]),
  mac: Buffer.from([0, 0x1b, 0x21, 0xaa, 0xbb, 0xcc]),
  date: Buffer.from([0x07, 0xe9, 1, 2, 3, 4, 5, 0]),
  pointer: '1.3.6.1.2.1.2.2.1.1.5',
  'ent.name': 'Chassis',
};
const keys = Object.keys(VALUES);
const names: Names = {
  slot: (name) => (keys.includes(name) ? keys.indexOf(name) : undefined),
  map: (name) =>
    name === 'state'
      ? new Map<string, string | number>([
          ['1', 'up'],
          ['*', 'other'],
        ])
      : undefined,
  known: keys,
};
const row: RowContext = {
  index: '7.3.70.97.110',
  parts: [7, 3, 70, 97, 110],
  slot: (slot) => VALUES[keys[slot]!],
  ifname: (index) => (index === 7 ? 'Gi7' : undefined),
};

const EXPRESSIONS: readonly (readonly [string, Value])[] = [
  ['used + total * 2', 270],
  ['(used + total) * 2', 300],
  ['-used', -30],
  ['used / 0', undefined],
  ['used + empty', undefined],
  ['empty ?? used', 30],
  ['used / 100 ?? 5', 0.3],
  ['used == 30', 1],
  ['used != 30', 0],
  ['empty == 30', undefined],
  ['empty != 30', undefined],
  ['!(used == 31)', 1],
  ['used > 10 && total < 10', 0],
  ['used > 10 || total < 10', 1],
  ['used in (1, 30)', 1],
  ['used in (1, 2)', 0],
  ["name =~ '^fan \\d$'", 1],
  ["name !~ 'fan'", 0],
  ["name == 'Fan 1'", 1],
  ['number_text + 0', 42],
  ['text + 1', undefined],
  ['num(text)', 23.5],
  ['text(latin)', 'Tür'],
  ['wide > 1000', 1],
  ['if(used > 10, total, 0)', 120],
  ['when(used > 100, total)', undefined],
  ['when(used > 10, total)', 120],
  ['state[1]', 'up'],
  ['state[9]', 'other'],
  ['ent.name', 'Chassis'],
  ['$index', '7.3.70.97.110'],
  ['$1', 7],
  ['$9', undefined],
  ['$last', 110],
  ['index_text(2)', 'Fan'],
  ['index_from(3)', '70.97.110'],
  ['index_from(1, 2)', '7.3'],
  ['ifname($1)', 'Gi7'],
  ['ifname(8)', undefined],
  ['bit(bits, 1)', 1],
  ['bit(bits, 2)', 0],
  ['bit(bits, 99)', 0],
  ['mac(mac)', '00:1b:21:aa:bb:cc'],
  ['date(date)', Date.UTC(2025, 0, 2, 3, 4, 5) / 1000],
  ['tail(pointer, 1)', '5'],
  ["capture(name, 'fan (\\d)')", '1'],
  ["capture(name, 'disk (\\d)')", undefined],
  ["replace(name, 'fan', 'Cooler')", 'Cooler 1'],
  ["filled('', '-', name)", VALUES.name],
  ["filled('N/A', 'None', 'not specified', 'To be filled by O.E.M.', name)", VALUES.name],
  ["filled('NA-1')", 'NA-1'],
  ['signed(4294967295)', -1],
  ['round(1.23456, 2)', 1.23],
  ['power(10, -2)', 0.01],
  ['max(1, used, 3)', 30],
];

test('expressions give what they say', () => {
  for (const [source, expected] of EXPRESSIONS) {
    assert.deepEqual(compileExpression(source, names).evaluate(row), expected, source);
  }
});

const TEXTS: readonly (readonly [string, string | undefined])[] = [
  ['Cisco', 'Cisco'],
  ['Slot {$1}: {name}', 'Slot 7: Fan 1'],
  ["{capture(name, '(\\d{1})')}", '1'],
  ['{empty}', undefined],
  ['Fan {empty}', undefined],
  ["{empty ?? 'none'}", 'none'],
];

test('texts are filled in, and unknown as soon as one part is', () => {
  for (const [source, expected] of TEXTS) assert.equal(compileText(source, names).evaluate(row), expected, source);
});

const BAD: readonly (readonly [string, RegExp])[] = [
  ['used +', /a value is missing at the end/],
  ['used + * 2', /character 8: unexpected `\*`/],
  ['usd + 1', /`usd` is not known here; known: used/],
  ['num()', /`num` takes one value/],
  ['nope(1)', /there is no function `nope`; there are: if, ifname/],
  ['colours[1]', /there is no map `colours`; add it under `maps:`/],
  ["name =~ '('", /Invalid regular expression/],
  ['name =~ used', /a quoted regular expression expected/],
  ['used # 2', /cannot read `# 2`/],
  ['(used', /`\)` expected, not `end`/],
  ['$0', /index parts count from \$1/],
  ['if(used, 1)', /`if` takes a condition and two values/],
];

test('a bad expression names the place and the remedy', () => {
  for (const [source, message] of BAD) {
    assert.throws(
      () => compileExpression(source, names),
      (error) => error instanceof ExpressionError && message.test(error.message),
      source,
    );
  }
});

test('a brace that is never closed is refused', () => {
  assert.throws(() => compileText('Fan {used', names), /never closed/);
});

test('a part of the index outside braces is refused, for it would be taken as it is written', () => {
  assert.throws(() => compileText('Slot $1', names), /\$1 outside braces is no number of the index; write \{\$1\}/);
  assert.throws(() => compileText('{name} $last', names), /write \{\$last\}/);
  assert.equal(compileText('costs $ 5', names).evaluate(row), 'costs $ 5');
});
