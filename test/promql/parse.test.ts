import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery, parseSelectors } from '../../src/promql/parse.ts';
import { print } from '../../src/promql/print.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';

const ERRORS: readonly (readonly [query: string, message: string])[] = [
  ['', '1:1: parse error: no expression found in input'],
  ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
  ['2 2', '1:3: parse error: unexpected number "2"'],
  ['sum(', '1:5: parse error: unclosed left parenthesis'],
  ['sum(a))', "1:7: parse error: unexpected right parenthesis ')'"],
  ['foo[5m', '1:7: parse error: unexpected end of input in duration expression'],
  ['foo{a="b"', '1:10: parse error: unexpected end of input inside braces'],
  ['foo{a=1}', "1:7: parse error: unexpected character inside braces: '1'"],
  ['foo{a "b"}', '1:7: parse error: unexpected string "\\"b\\"" in label matching, expected label matching operator'],
  ['foo{a="b" c="d"}', '1:11: parse error: unexpected identifier "c" in label matching, expected "," or "}"'],
  ['"abc', '1:1: parse error: unterminated quoted string'],
  ['foo + ', '1:7: parse error: unexpected end of input'],
  ['foo +\n  )', "2:3: parse error: unexpected right parenthesis ')'"],
  ['sum by a (x)', '1:8: parse error: unexpected identifier "a" in grouping opts, expected "("'],
  ['sum by (a b) (x)', '1:11: parse error: unexpected identifier "b" in grouping opts, expected "," or ")"'],
  ['nope(1)', '1:1: parse error: unknown function with name "nope"'],
  ['f(1)', '1:1: parse error: unknown function with name "f"'],
  ['abs(a,)', '1:6: parse error: trailing commas not allowed in function call args'],
  ['rate(foo)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
  ['rate(foo[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
  ['label_join(a)', '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1'],
  ['round(a, 1, 2)', '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'],
  ['1 == 2', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
  ['a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators'],
  ['1 and 2', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
  ['a + on(x) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
  ['a + on(x) group_left(x) b', '1:3: parse error: label "x" must not occur in ON and GROUP clause at once'],
  ['foo[5m] + 1', '1:1: parse error: binary expression must contain only scalar and instant vector types'],
  [
    '-"a"',
    '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
  ],
  ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
  ['(foo)[5m]', '1:6: parse error: ranges only allowed for vector selectors'],
  ['foo offset 5m[1m]', '1:14: parse error: no offset modifiers allowed before range'],
  ['foo offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
  ['foo @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
  [
    'sum(a) offset 1m',
    '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
  ],
  ['foo[0s]', '1:5: parse error: duration must be greater than 0'],
  ['foo[5x]', '1:5: parse error: bad number or duration syntax: "5x"'],
  ['sum()', '1:1: parse error: no arguments for aggregate expression provided'],
  ['topk(a)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
  ['sum("a")', '1:5: parse error: expected type instant vector in aggregation expression, got string'],
  ['foo["5m"]', "1:5: parse error: unexpected character in duration expression: '\"'"],
];

test('what is wrong with a query is said with its place, as Prometheus says it', () => {
  for (const [query, message] of ERRORS) {
    assert.throws(
      () => parseQuery(query),
      (error) => {
        assert.ok(error instanceof PromqlError);
        assert.equal(error.kind, 'bad_data');
        assert.equal(error.message, message, query);
        return true;
      },
    );
  }
});

test('operators and modifiers bind as in Prometheus', () => {
  const cases: readonly (readonly [query: string, kind: string, printed: string])[] = [
    ['-1 ^ 2', 'unary', '-1 ^ 2'],
    ['a + b offset 5m * c', 'binary', 'a + b offset 5m * c'],
    ['2 ^ 3 ^ 2', 'binary', '2 ^ 3 ^ 2'],
    ['-a[5m:1m]', 'error', ''],
    ['sum(a) by (b,)', 'aggregate', 'sum by (b) (a)'],
    ['START', 'vector', 'START'],
  ];
  for (const [query, kind, printed] of cases) {
    if (kind === 'error') assert.throws(() => parseQuery(query), PromqlError);
    else {
      const expr = parseQuery(query);
      assert.equal(expr.kind, kind);
      assert.equal(print(expr), printed);
    }
  }
  const sum = parseQuery('a + b offset 5m * c');
  assert.ok(sum.kind === 'binary' && sum.op === '+' && sum.right.kind === 'binary' && sum.right.op === '*');
  assert.ok(sum.right.left.kind === 'vector' && sum.right.left.offset?.kind === 'literal');
});

test('a very deep or very long query is refused, not fatal', () => {
  const deep = `${'('.repeat(1500)}1${')'.repeat(1500)}`;
  const long = Array.from({ length: 5000 }, () => 'a').join(' + ');
  const chain = Array.from({ length: 1900 }, () => 'a').join(' + ');
  for (const query of [deep, long, chain, `${'-'.repeat(3000)}a`, `${'abs('.repeat(900)}a${')'.repeat(900)}`]) {
    assert.throws(() => parseQuery(query), PromqlError);
  }
});

test('series selectors are parsed to matchers, anything else is refused', () => {
  assert.deepEqual(parseSelectors(['up', '{job=~"a|b",x!=""}']), [
    [{ name: '__name__', op: '=', value: 'up' }],
    [
      { name: 'job', op: '=~', value: 'a|b' },
      { name: 'x', op: '!=', value: '' },
    ],
  ]);
  for (const query of ['1', 'sum(a)', 'a[5m]', 'a offset 5m', '{}']) {
    assert.throws(() => parseSelectors([query]), PromqlError);
  }
});
