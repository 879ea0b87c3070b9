import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRe2 } from '../../src/lib/re2.ts';
import { Re2Error } from '../../src/lib/re2-error.ts';

const MATCHES: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ['', [''], ['a']],
  ['a|b|', ['a', 'b', ''], ['ab', 'c']],
  ['api-.+', ['api-1', 'api-\n'], ['api-', 'xapi-1']],
  ['.*(?i:PRO).*', ['production', 'xProx'], ['prod'.slice(1)]],
  ['((?i)pro).*', ['PROduct'], ['rod']],
  ['(?i)a[b-d]É', ['ABé', 'adÉ'], ['aeé']],
  ['(?i:a)b', ['Ab', 'ab'], ['aB']],
  ['(?-s:a.b)', ['axb'], ['a\nb']],
  ['a{2,3}b{2}c{1,}d{0,1}', ['aabbc', 'aaabbccd'], ['abbc', 'aaaabbc']],
  ['a{,2}', ['a{,2}'], ['aa']],
  ['(ab){2}', ['abab'], ['ab']],
  ['\\Qa.b*\\E+', ['a.b*', 'a.b**'], ['axb']],
  ['\\\\Qa', ['\\Qa'], ['a']],
  ['\\d+\\.\\d{1,3}', ['12.345'], ['12.3456', '12x3']],
  ['\\s', [' ', '\t'], ['\u00a0', '\v']],
  ['[\\S]', ['x', '\u00a0'], [' ']],
  ['[[:alpha:]]+[[:digit:]]', ['ab1'], ['1a']],
  ['[]a]+', [']a]'], ['b']],
  ['[^]a]', ['b'], [']']],
  ['[a-]+', ['a-a'], ['b']],
  ['\\pL+', ['añß'], ['a1']],
  ['\\p{Greek}', ['α'], ['a']],
  ['\\P{L}', ['1'], ['a']],
  ['\\x41\\x{1F600}', ['A😀'], ['A']],
  ['a😀?b', ['ab', 'a😀b'], ['a😀😀b']],
  ['\\bfoo\\b', ['foo'], ['foos']],
  ['\\Aa\\z', ['a'], ['a\n']],
  ['(?P<x>a)(?<y>b)', ['ab'], ['a']],
  ['Gi1/0/1', ['Gi1/0/1'], ['Gi1/0/10']],
];

test('patterns match whole values as RE2 does', () => {
  for (const [pattern, yes, no] of MATCHES) {
    const regex = compileRe2(pattern);
    for (const value of yes) assert.ok(regex.test(value), `${pattern} must match ${JSON.stringify(value)}`);
    for (const value of no) assert.ok(!regex.test(value), `${pattern} must not match ${JSON.stringify(value)}`);
  }
});

test('what RE2 does not know is refused', () => {
  const bad = [
    '(',
    ')',
    'a)',
    '*a',
    'a**',
    'a{2}{3}',
    '[a',
    '[b-a]',
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(a)\\1',
    '\\',
    'a{1001}',
    '\\y',
  ];
  for (const pattern of bad) assert.throws(() => compileRe2(pattern), Re2Error, pattern);
});

test('captures are those of RE2', () => {
  assert.deepEqual([...(compileRe2('source-value-(.*)').exec('source-value-10') ?? [])], ['source-value-10', '10']);
  assert.deepEqual([...(compileRe2('(a+)(b*)').exec('aab') ?? [])], ['aab', 'aa', 'b']);
  assert.equal(compileRe2('(?P<site>\\w+)-(\\d+)').exec('north-12')?.groups?.site, 'north');
});

test('no accepted pattern takes long on a hostile value', () => {
  const hostile = [
    '(a+)+',
    '(a|aa)+',
    '(a*)*b',
    '(.*a){20}',
    '((a{1,10}){1,10}){1,10}b',
    '(?i)(a+)+',
    '(\\w+\\s?)+',
    '.*a.*a.*a.*a.*b',
  ];
  hostile.push('(\\pL+)+', '([[:alpha:]]+)*1', '(x+x+)+y', '(a?){50}a{50}');
  // That the test ends is what it shows: with exponential time it would not.
  for (const pattern of hostile) {
    let regex: RegExp;
    try {
      regex = compileRe2(pattern);
    } catch (error) {
      assert.ok(error instanceof Re2Error);
      continue;
    }
    for (const value of [`${'a'.repeat(2000)}!`, `${'x'.repeat(2000)}!`])
      assert.equal(typeof regex.test(value), 'boolean');
  }
});
