/** Bad input to the executable: one clear message, the right exit code, nothing changed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { ApiClient, executable, startServer, temporaryFolder } from '../support/executable.ts';

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

describe('bad input', {
  skip: fs.existsSync(executable) ? false : 'missing: the executable (npm run build)',
  timeout: 120_000,
}, () => {
  const folder = temporaryFolder();
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const run = (args: readonly string[], env: Record<string, string> = {}): Outcome => {
    const { status, stdout, stderr } = spawnSync(executable, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: '', ...env },
    });
    return { status, output: stdout + stderr };
  };
  const file = (name: string, text: string): string => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };

  const usage: [string, readonly string[], RegExp][] = [
    ['an unknown verb', ['explode'], /no verb "explode"/],
    ['a verb that does not exist here', ['restore-all'], /no verb/],
    ['an unknown flag', ['serve', '--colour', 'red'], /--colour: there is no such flag/],
    ['a flag without its value', ['serve', '--data'], /--data: needs a value/],
    ['a size that is none', ['serve', '--disk-budget', 'big'], /--disk-budget: "big" is not a size/],
    ['an address that is none', ['serve', '--listen', '8080'], /--listen: "8080" is not HOST:PORT/],
    ['several mistakes at once', ['serve', '--listen', 'x', '--disk-budget', 'y'], /--listen[\s\S]*--disk-budget/],
    ['an operand where none belongs', ['serve', 'now'], /now/],
    ['reset-password without a user', ['reset-password'], /USER/],
    ['template without check', ['template', 'x'], /template check FILE/],
    ['a word where on or off belongs', ['serve', '--log-files', 'maybe'], /--log-files: must be on or off/],
    ['inspect without an address', ['inspect'], /one address or one recording/],
  ];
  for (const [name, args, expected] of usage) {
    test(`${name}: exit 2 and a line that says so`, () => {
      const before = fs.readdirSync(folder);
      const { status, output } = run(args);
      assert.equal(status, 2, output);
      assert.match(output, expected);
      assert.ok(!output.includes('    at '), 'no stack trace');
      assert.deepEqual(fs.readdirSync(folder), before, 'nothing was made');
    });
  }

  test('help and version answer with exit 0', () => {
    assert.match(run(['help']).output, /telltale inspect/);
    assert.match(run(['--help']).output, /--disk-budget/);
    assert.match(run(['version']).output, /^telltale \d+\.\d+\.\d+$/m);
  });

  test('a corrupt configuration file: exit 2 with file and line', () => {
    const config = file('broken.yaml', 'listen: [1,\ndata: x');
    const { status, output } = run(['serve', '--config', config]);
    assert.equal(status, 2);
    assert.match(output, /broken\.yaml: cannot be read as YAML.*line 2/);
  });

  test('wrong keys in the file and wrong variables are reported together', () => {
    const config = file('wrong.yaml', 'no_such_key: 1\ndisk_budget: x\n');
    const { status, output } = run(['serve', '--config', config], { TELLTALE_LOG_LEVEL: 'loud' });
    assert.equal(status, 2);
    for (const expected of [/no_such_key/, /disk_budget/, /TELLTALE_LOG_LEVEL/]) assert.match(output, expected);
  });

  test('a data folder that is a file: exit 1 and what to do', () => {
    const { status, output } = run(['serve', '--data', file('not-a-folder', '')]);
    assert.equal(status, 1);
    assert.match(output, /cannot be used.*--data/);
  });

  test('a certificate that is none, and a key of another: exit 1, and the process ends', () => {
    const text = file('text.pem', 'no certificate');
    const { status, output } = run(['serve', '--data', path.join(folder, 'tls'), '--tls', `${text},${text}`]);
    assert.equal(status, 1, output);
    assert.match(output, /text\.pem holds no certificate in PEM form/);
  });

  test('a damaged database: exit 1, naming the file, and the process ends', () => {
    const data = path.join(folder, 'damaged');
    fs.mkdirSync(data);
    fs.writeFileSync(path.join(data, 'role'), 'server\n');
    fs.writeFileSync(path.join(data, 'telltale.db'), 'x'.repeat(5000));
    for (const args of [['serve', '--listen', '127.0.0.1:0'], ['check'], ['reset-password', 'admin']]) {
      const { status, output } = run([...args, '--data', data]);
      assert.equal(status, 1, `${args}: ${output}`);
      assert.match(output, /telltale\.db cannot be used: file is not a database\. Restore it from a backup/);
    }
  });

  test('an administrator from the environment must keep to the rules of the first page', () => {
    const data = path.join(folder, 'short');
    const env = { TELLTALE_ADMIN_USER: 'a b', TELLTALE_ADMIN_PASSWORD: 'short' };
    const { status, output } = run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--tls', 'off'], env);
    assert.equal(status, 2, output);
    for (const expected of [/TELLTALE_ADMIN_USER: must not hold spaces/, /TELLTALE_ADMIN_PASSWORD: .*10 characters/]) {
      assert.match(output, expected);
    }
  });

  test("a folder with somebody else's files is left alone", () => {
    const other = path.join(folder, 'papers');
    fs.mkdirSync(other);
    fs.writeFileSync(path.join(other, 'thesis.txt'), 'x');
    for (const verb of ['serve', 'demo']) {
      const { status, output } = run([verb, '--data', other]);
      assert.equal(status, 1, output);
      assert.match(output, /--data/);
    }
    assert.deepEqual(fs.readdirSync(other), ['thesis.txt']);
  });

  test('a port in use: exit 1, naming it', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const { status, output } = run([
      'serve',
      '--data',
      path.join(folder, 'port'),
      '--listen',
      `127.0.0.1:${port}`,
      '--tls',
      'off',
    ]);
    taken.close();
    assert.equal(status, 1, output);
    assert.match(output, new RegExp(`already listens on 127.0.0.1:${port}`));
  });

  test('a second process on the folder names the first; a newer folder is refused; both change nothing', async () => {
    const server = await startServer(folder, { env: { TELLTALE_ADMIN_PASSWORD: 'a long enough password' } });
    const data = path.join(folder, 'data');
    const second = run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--tls', 'off']);
    assert.equal(second.status, 1);
    assert.match(second.output, new RegExp(`in use by process ${server.peer.process.pid}`));

    const api = new ApiClient(server.url);
    await api.login('admin', 'a long enough password');
    assert.equal((await api.get('/auth/me')).role, 'admin');
    assert.equal(await server.peer.stop(), 0);

    const format = path.join(data, 'tsdb', 'FORMAT');
    const marker = fs.existsSync(format)
      ? format
      : path.join(data, 'tsdb', fs.readdirSync(path.join(data, 'tsdb')).find((name) => /format|version/i.test(name))!);
    const before = fs.readFileSync(marker, 'utf8');
    fs.writeFileSync(marker, before.replace(/\d+/, '999'));
    const newer = run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--tls', 'off']);
    assert.equal(newer.status, 1, newer.output);
    assert.match(newer.output, /newer/i);
    fs.writeFileSync(marker, before);
  });

  test('an empty PATH and HOME in an empty folder are enough to run', async () => {
    const empty = temporaryFolder();
    const server = await startServer(empty, {
      env: { PATH: '', HOME: '', TELLTALE_ADMIN_PASSWORD: 'a long enough password' },
    });
    assert.equal((await fetch(`${server.url}/`)).status, 200);
    assert.equal(await server.peer.stop(), 0, server.peer.output);
    assert.deepEqual(fs.readdirSync(empty), ['data'], 'nothing is left beside the data folder');
    fs.rmSync(empty, { recursive: true });
  });
});
