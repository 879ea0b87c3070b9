// Prometheus's own test scripts. They are not part of this project; where they are missing the test is skipped.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { MemorySource } from '../support/memory-source.ts';
import { runScript } from '../support/promql-runner.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'material', 'promqltest');
const scripts = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.test')) : [];

test('the scripts are at hand', { skip: scripts.length === 0 && `no scripts in ${folder}` }, () => {
  assert.ok(scripts.length > 0);
});

for (const script of scripts) {
  test(`all cases of ${script} without native histograms pass`, async (t) => {
    const source = new MemorySource();
    const target = { source, clear: () => source.clear(), add: source.add.bind(source) };
    const { passed, skipped, failures } = await runScript(fs.readFileSync(path.join(folder, script), 'utf8'), target);
    t.diagnostic(`${passed} passed, ${skipped} skipped`);
    assert.deepEqual(failures, []);
    assert.ok(passed > 0);
  });
}
