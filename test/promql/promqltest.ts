// Runs scripts in Prometheus' test language: node test/promql/promqltest.ts FILE…
import fs from 'node:fs';
import { MemorySource } from '../support/memory-source.ts';
import { runScript, type ScriptTarget } from '../support/promql-runner.ts';

const source = new MemorySource();
const target: ScriptTarget = {
  source,
  clear: () => source.clear(),
  add: (labels, samples) => source.add(labels, samples),
};

if (process.argv.length < 3) {
  console.error('usage: npm run promqltest -- FILE…');
  process.exitCode = 2;
}
for (const file of process.argv.slice(2)) {
  const { passed, skipped, failures } = await runScript(fs.readFileSync(file, 'utf8'), target);
  for (const failure of failures) console.log(`${file}: ${failure}`);
  console.log(`${file}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  if (failures.length > 0) process.exitCode = 1;
}
