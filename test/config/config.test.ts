import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ConfigError, loadConfig } from '../../src/config/config.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-config-'));
after(() => fs.rmSync(folder, { recursive: true }));
const file = (text: string): string => {
  const name = path.join(folder, `${Math.random()}.yaml`);
  fs.writeFileSync(name, text);
  return name;
};
const problemsOf = (...sources: Parameters<typeof loadConfig>): readonly string[] => {
  try {
    loadConfig(...sources);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
};

test('a flag beats a variable, a variable beats the file', () => {
  const config = file('disk_budget: 1GiB\nlog_level: warn\nfsync: always\n');
  const loaded = loadConfig({
    flags: { config: [config], disk_budget: ['3GiB'] },
    env: { TELLTALE_DISK_BUDGET: '2GiB', TELLTALE_LOG_LEVEL: 'error' },
  });
  assert.deepEqual(
    [loaded.disk_budget, loaded.log_level, loaded.fsync, loaded.config],
    [3 * 1024 ** 3, 'error', 'always', config],
  );
});

test('everything that is wrong is reported at once, with its place', () => {
  const config = file('disk_budget: lots\nno_such: 1\nlisten: [8080]\n');
  const problems = problemsOf({
    flags: { config: [config], tls: ['maybe'] },
    env: { TELLTALE_LOG_LEVEL: 'loud', TELLTALE_RETENTION_RAW: 'x' },
  });
  assert.equal(problems.length, 6, problems.join('\n'));
  for (const expected of [
    /^--tls: must be auto, off/,
    /^TELLTALE_LOG_LEVEL: must be one of debug, info/,
    /^TELLTALE_RETENTION_RAW: "x" is not a duration/,
    /yaml: disk_budget: "lots" is not a size/,
    /yaml: no_such: there is no such setting; known are data/,
    /yaml: listen: "8080" is not HOST:PORT/,
  ]) {
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      String(expected),
    );
  }
});

const listens: [string, unknown][] = [
  ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  ['[::1]:8443', { host: '::1', port: 8443 }],
  [':80', { host: '0.0.0.0', port: 80 }],
  ['plant.example:65535', { host: 'plant.example', port: 65535 }],
];
for (const [text, expected] of listens) {
  test(`${text} is an address to listen on`, () => {
    assert.deepEqual(loadConfig({ flags: { listen: [text] }, env: {} }).listen, [expected]);
  });
}
for (const text of ['8080', 'a:b', '1.2.3.4:65536', '::1:80', '']) {
  test(`"${text}" is no address to listen on`, () => {
    assert.equal(problemsOf({ flags: { listen: [text] }, env: {} }).length, 1);
  });
}

test('several addresses come as several flags or one list', () => {
  const one = loadConfig({ flags: {}, env: { TELLTALE_LISTEN: '127.0.0.1:1, [::1]:2' } });
  const two = loadConfig({ flags: { listen: ['127.0.0.1:1', '[::1]:2'] }, env: {} });
  assert.deepEqual(one.listen, two.listen);
});

test('a corrupt YAML file gets one line with the place', () => {
  const [problem] = problemsOf({ flags: { config: [file('a: [1,\nb: 2')] }, env: {} });
  assert.match(problem ?? '', /cannot be read as YAML: .* at line 2/);
});

test('a missing file, a list instead of keys and a nested value are refused', () => {
  assert.match(problemsOf({ flags: { config: [path.join(folder, 'none')] }, env: {} })[0] ?? '', /no such file/);
  assert.match(problemsOf({ flags: { config: [file('- a')] }, env: {} })[0] ?? '', /must hold keys and values/);
  assert.match(problemsOf({ flags: { config: [file('data: {a: 1}')] }, env: {} })[0] ?? '', /single value or a list/);
});

test('an empty file and an empty variable say nothing', () => {
  assert.equal(loadConfig({ flags: { config: [file('')] }, env: { TELLTALE_LOG_LEVEL: '' } }).log_level, 'info');
});

test('the configuration is frozen', () => {
  assert.throws(() => Object.assign(loadConfig({ flags: {}, env: {} }), { data: 'x' }), TypeError);
});
