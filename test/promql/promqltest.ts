// Runs scripts in Prometheus' test language: node test/promql/promqltest.ts [--engine] FILE…
// Without `--engine` the samples are kept in plain arrays, with it in the real engine.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { engineTarget } from '../support/engine-target.ts';
import { MemorySource } from '../support/memory-source.ts';
import { runScript, type ScriptTarget } from '../support/promql-runner.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { engine: { type: 'boolean' } } });

function memoryTarget(): ScriptTarget & AsyncDisposable {
  const source = new MemorySource();
  return { source, clear: () => source.clear(), add: source.add.bind(source), async [Symbol.asyncDispose]() {} };
}

if (positionals.length === 0) {
  console.error('usage: npm run promqltest -- [--engine] FILE…');
  process.exitCode = 2;
}
for (const file of positionals) {
  await using target = values.engine ? engineTarget() : memoryTarget();
  const { passed, skipped, failures } = await runScript(fs.readFileSync(file, 'utf8'), target);
  for (const failure of failures) console.log(`${file}: ${failure}`);
  console.log(`${file}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  if (failures.length > 0) process.exitCode = 1;
}
