import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { systemDisk } from '../../src/lib/disk.ts';
import { verifyFolder } from '../../src/tsdb/folder-verifier.ts';
import { openTestStore } from '../support/metric-server.ts';

const all = (folder: string) => [...verifyFolder(systemDisk, folder)];
const damagesOf = (folder: string) => all(folder).flatMap((part) => part.damages);

test('a whole folder is whole; a flipped byte, a cut log and a segment set aside are named with their place', async () => {
  await using opened = await openTestStore();
  const lines = Array.from(
    { length: 2000 },
    (_, i) => `m,n=${i % 10} f=${i * 7},g=${Math.sin(i)} ${Date.now() - i * 1000}`,
  );
  const body = new Uint8Array(Buffer.from(lines.join('\n')));
  await opened.store.append({ tenant: 1, format: 'influx', encoding: 'identity', precision: 'ms', body });
  await opened.store.close();
  const tsdb = opened.folder;
  const whole = all(tsdb);
  assert.deepEqual(
    whole.map(({ part }) => part),
    ['raw', '5m', '1h', 'wal', 'tombstones'],
  );
  assert.equal(whole[0]!.items, 4000);
  assert.deepEqual(damagesOf(tsdb), []);

  const [name = ''] = fs.readdirSync(path.join(tsdb, 'raw'));
  const file = path.join(tsdb, 'raw', name);
  const bytes = fs.readFileSync(file);
  const damaged = Buffer.from(bytes);
  damaged[Math.floor(bytes.length / 3)]! ^= 0x10;
  fs.writeFileSync(file, damaged);
  assert.match(damagesOf(tsdb)[0] ?? '', new RegExp(`^raw/${name}: byte \\d+: `));
  fs.writeFileSync(file, bytes);

  fs.writeFileSync(path.join(tsdb, 'raw', `${name}.damaged`), bytes);
  assert.deepEqual(damagesOf(tsdb), [`raw/${name}.damaged: was set aside as damaged before`]);
  fs.rmSync(path.join(tsdb, 'raw', `${name}.damaged`));

  fs.writeFileSync(path.join(tsdb, 'wal', '0000000099.wal'), 'no log');
  assert.match(damagesOf(tsdb)[0] ?? '', /^wal\/0000000099\.wal: byte 0: no log file header; 6 bytes are lost$/);
  fs.rmSync(path.join(tsdb, 'wal', '0000000099.wal'));

  fs.writeFileSync(path.join(tsdb, 'tombstones'), '00000000 {"tenant":1}\n');
  assert.match(damagesOf(tsdb)[0] ?? '', /^tombstones: 1 damaged lines: what they deleted may be shown again/);
});

test('a folder without metrics is refused', () => {
  assert.throws(() => all(path.join(os.tmpdir(), 'telltale-nothing')), /holds no metrics/);
});
