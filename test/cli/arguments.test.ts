import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments, UsageError } from '../../src/cli/arguments.ts';

const known = {
  data: { kind: 'value' },
  listen: { kind: 'value' },
  open: { kind: 'switch' },
  disk_budget: { kind: 'value' },
} as const;

test('flags come with a space or an equals sign, more than once, between operands', () => {
  assert.deepEqual(
    parseArguments(['a', '--listen', ':1', '--listen=:2', '--open', '--disk-budget', '1GB', 'b'], known),
    {
      flags: { listen: [':1', ':2'], open: ['true'], disk_budget: ['1GB'] },
      operands: ['a', 'b'],
    },
  );
});

test('everything wrong with a command line is said at once', () => {
  assert.throws(
    () => parseArguments(['--no-such', '-x', '--data', '--open=false', '--__proto__=1', '--listen'], known),
    (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual(error.message.split('\n'), [
        '--no-such: there is no such flag here',
        '-x: flags are written with two dashes, such as --data',
        '--data: needs a value',
        '--__proto__: there is no such flag here',
        '--listen: needs a value',
      ]);
      return true;
    },
  );
});
