// Runs the tests and ends with `N passed, N failed`.
//   node scripts/test.ts [--e2e] [--concurrency N] [FILE|FOLDER…]
// Without arguments: everything that needs no browser, no root and no build (test/ but e2e/ and bench/).
import fs from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { e2e: { type: 'boolean' }, concurrency: { type: 'string' } },
});
const root = path.dirname(import.meta.dirname);
// Every file is a process of its own: what one has compiled, the others need not compile again.
if (!values.e2e) process.env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'compiled');

function testFiles(folder: string, skip: readonly string[]): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !skip.includes(name.split(path.sep)[0] ?? ''))
    .map((name) => path.join(folder, name))
    .sort();
}

const chosen = positionals.flatMap((name) => (fs.statSync(name).isDirectory() ? testFiles(name, []) : [name]));
const files =
  chosen.length > 0
    ? chosen
    : values.e2e
      ? testFiles(path.join(root, 'test', 'e2e'), [])
      : testFiles(path.join(root, 'test'), ['e2e', 'bench']);

let passed = 0;
let failed = 0;
let skipped = 0;
const count = new Transform({
  objectMode: true,
  transform(event, _encoding, done) {
    const isLeaf = event.data?.details?.type !== 'suite' && event.data?.name !== event.data?.file;
    if (event.type === 'test:pass' && isLeaf) {
      if (event.data.skip !== undefined) skipped++;
      else passed++;
    }
    if (event.type === 'test:fail') failed += 1;
    done(null, event);
  },
});
const stream = run({
  files: files.map((file) => path.resolve(file)),
  concurrency: values.concurrency ? Number(values.concurrency) : values.e2e ? 1 : 3,
  ...(values.e2e || process.env.TELLTALE_FUZZ ? {} : { timeout: 180_000 }),
});
stream.pipe(count).pipe(new spec()).pipe(process.stdout);
stream.on('end', () => {
  setImmediate(() => {
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed > 0 ? 1 : 0;
  });
});
