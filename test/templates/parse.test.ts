import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate } from '../../src/templates/parse.ts';

const BAD: readonly {
  readonly what: string;
  readonly text: string;
  readonly line: number;
  readonly message: RegExp;
}[] = [
  { what: 'no YAML', text: 'id: a/b\nname: "x\n', line: 3, message: /no valid YAML/ },
  { what: 'a tab', text: 'id: a/b\nname: x\nmetrics:\n\tcpu: {}\n', line: 4, message: /tab|YAML/ },
  { what: 'a key twice', text: 'id: a/b\nname: x\nname: y\n', line: 3, message: /twice/ },
  { what: 'no mapping', text: '- a\n', line: 1, message: /expected object|Invalid input/ },
  { what: 'no ID', text: 'name: x\n', line: 1, message: /expected string/ },
  { what: 'a bad ID', text: 'id: Cisco IOS\nname: x\n', line: 1, message: /an ID such as cisco\/ios/ },
  {
    what: 'an unknown key',
    text: 'id: a/b\nname: x\nmetric: {}\n',
    line: 3,
    message: /unknown key `metric`; a template has id, name/,
  },
  {
    what: 'an unknown key of a metric',
    text: 'id: a/b\nname: x\nmetrics:\n  cpu:\n    measurement: cpu\n    colums: { a: 1 }\n',
    line: 6,
    message: /unknown key `colums`; a metric has measurement, interval/,
  },
  {
    what: 'a metric without columns',
    text: 'id: a/b\nname: x\nmetrics:\n  cpu:\n    measurement: cpu\n    fields: { percent: a }\n',
    line: 4,
    message: /needs `columns` or `scalars`/,
  },
  {
    what: 'a column that YAML reads as a fraction',
    text: 'id: a/b\nname: x\nmetrics:\n  cpu:\n    measurement: cpu\n    table: 1.3.6.1.4.1.9\n    columns:\n      a: 1.10\n    fields: { percent: a }\n',
    line: 8,
    message: /a column number.*must stand in quotes/,
  },
  { what: 'a bad OID', text: 'id: a/b\nname: x\nscalars:\n  a: sysDescr.0\n', line: 4, message: /an OID in numbers/ },
  {
    what: 'a bad pattern',
    text: "id: a/b\nname: x\nmatch:\n  - sys_descr: '('\n",
    line: 4,
    message: /no regular expression that can be used/,
  },
  {
    what: 'a pattern that can take forever',
    text: "id: a/b\nname: x\nmatch:\n  - sys_descr: '^(a+)+$'\n",
    line: 4,
    message: /write it flat/,
  },
  { what: 'an empty rule', text: 'id: a/b\nname: x\nmatch:\n  - {}\n', line: 4, message: /a rule needs a condition/ },
  {
    what: 'a comma without quotes',
    text: 'id: a/b\nname: x\nmetrics:\n  s:\n    measurement: sensor\n    scalars: { v: 1.3.6.1.4.1.1.0 }\n    tags: { sensor: x, class: fan }\n    fields: { value: when(v > 1, v) }\n',
    line: 8,
    message: /missing its quotes/,
  },
];

test('bad templates are refused with line and remedy', () => {
  for (const { what, text, line, message } of BAD) {
    const parsed = parseTemplate(text);
    assert.equal(parsed.kind, 'bad', what);
    const problems = parsed.kind === 'bad' ? parsed.problems : [];
    assert.ok(
      problems.some((problem) => problem.line === line && message.test(problem.message)),
      `${what}: ${JSON.stringify(problems)}`,
    );
  }
});

test('all problems are reported at once', () => {
  const parsed = parseTemplate('id: A\nname: x\nfoo: 1\nbar: 2\n');
  assert.equal(parsed.kind === 'bad' && parsed.problems.length, 3);
});

test('aliases cannot blow a small file up', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i}: &l${i} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*l${i - 1}`))}]`,
  );
  const parsed = parseTemplate(`id: a/b\nname: x\n${levels.join('\n')}\n`);
  assert.equal(parsed.kind, 'bad');
});
