import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DataFolderError, openDataFolder } from '../../src/config/data-folder.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-folder-'));
after(() => fs.rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => path.join(root, String(count++));

test('a data folder is made, locked and released', () => {
  const folder = openDataFolder(fresh(), 'server');
  assert.equal(fs.statSync(folder.path).mode & 0o777, 0o700);
  assert.ok(fs.existsSync(path.join(folder.path, 'lock')));
  folder.release();
  assert.ok(!fs.existsSync(path.join(folder.path, 'lock')));
});

test('a folder in use by another process is refused, naming it; when that is gone, it is taken over', async () => {
  const folder = fresh();
  const module = path.resolve(import.meta.dirname, '..', '..', 'src', 'config', 'data-folder.ts');
  const script = `import(${JSON.stringify(module)}).then((m) => { m.openDataFolder(${JSON.stringify(folder)}, 'server'); console.log('locked'); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  assert.throws(
    () => openDataFolder(folder, 'server'),
    (error: Error) => error instanceof DataFolderError && error.message.includes(`process ${child.pid}`),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  openDataFolder(folder, 'server').release();
});

test('a lock whose process number was given to another process is taken over', () => {
  const folder = fresh();
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'role'), 'server\n');
  fs.writeFileSync(path.join(folder, 'lock'), '1 another-boot:5\n');
  openDataFolder(folder, 'server').release();
});

test('a folder whose database is gone is not begun anew over the samples of what was', () => {
  const folder = fresh();
  openDataFolder(folder, 'server').release();
  fs.mkdirSync(path.join(folder, 'tsdb', 'raw'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'telltale.db'), '');
  openDataFolder(folder, 'server').release();
  fs.writeFileSync(path.join(folder, 'tsdb', 'raw', '0000000001-0000000001-0000.seg'), '');
  assert.throws(() => openDataFolder(folder, 'server'), /holds samples but no telltale\.db/);
  assert.ok(!fs.existsSync(path.join(folder, 'lock')));
  fs.writeFileSync(path.join(folder, 'telltale.db'), 'x');
  openDataFolder(folder, 'server').release();
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.startsWith('lock')),
    [],
  );
});

test('the demo leaves a real folder alone, and the server a demo folder', () => {
  const real = fresh();
  openDataFolder(real, 'server').release();
  assert.throws(() => openDataFolder(real, 'demo'), /not a demo's data folder|belongs to the role "server"/);
  const demo = fresh();
  openDataFolder(demo, 'demo').release();
  assert.throws(() => openDataFolder(demo, 'server'), /belongs to the role "demo"/);
});

test('a folder with other files is not taken', () => {
  const folder = fresh();
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'thesis.docx'), '');
  for (const role of ['server', 'demo'] as const) assert.throws(() => openDataFolder(folder, role), DataFolderError);
  assert.deepEqual(fs.readdirSync(folder), ['thesis.docx']);
});

test('a path that is a file is refused with a sentence', () => {
  const file = fresh();
  fs.writeFileSync(file, '');
  assert.throws(() => openDataFolder(file, 'server'), /cannot be used: .*Choose another with --data/);
});

test('a folder that the system will not make is refused at once', { skip: process.platform !== 'linux' }, () => {
  assert.throws(() => openDataFolder('/proc/telltale/data', 'server'), /\/proc\/telltale\/data cannot be used/);
});
