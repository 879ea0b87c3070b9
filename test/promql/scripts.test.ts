// Our scripts, and Prometheus's own, which are not part of this project: where they are missing they are skipped.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { engineTarget } from '../support/engine-target.ts';
import { MemorySource } from '../support/memory-source.ts';
import { runScript, type ScriptTarget } from '../support/promql-runner.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'material', 'promqltest');
const scripts = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.test')) : [];

test('the scripts are at hand', { skip: scripts.length === 0 && `no scripts in ${folder}` }, () => {
  assert.ok(scripts.length > 0);
});

const own = path.join(import.meta.dirname, 'scripts');
const files = [
  ...fs.readdirSync(own).map((name) => path.join(own, name)),
  ...scripts.map((name) => path.join(folder, name)),
];

const targets = {
  'samples in plain arrays': (): ScriptTarget & AsyncDisposable => {
    const source = new MemorySource();
    return { source, clear: () => source.clear(), add: source.add.bind(source), async [Symbol.asyncDispose]() {} };
  },
  'the real engine': engineTarget,
};

for (const file of files) {
  for (const [name, open] of Object.entries(targets)) {
    test(`all cases of ${path.basename(file)} without native histograms pass on ${name}`, async (t) => {
      await using target = open();
      const { passed, skipped, failures } = await runScript(fs.readFileSync(file, 'utf8'), target);
      t.diagnostic(`${passed} passed, ${skipped} skipped`);
      assert.deepEqual(failures, []);
      assert.ok(passed > 0);
    });
  }
}
