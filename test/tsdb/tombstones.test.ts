/** Deletions stay deletions, whatever a power cut or a bad sector did to the file that remembers them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Tombstones } from '../../src/tsdb/tombstones.ts';
import { FaultDisk } from '../support/fault-disk.ts';

const FILE = '/data/tombstones';
const entry = (host: string) => ({ tenant: 1, measurement: 'm', tags: ['host', host], sequence: 3, wal: 2 });
const isDeleted = (disk: FaultDisk, host: string) =>
  Tombstones.open(disk, '/data').find(1, 'm', ['host', host]) !== undefined;

test('a deletion behind the torn line of a power cut is remembered', () => {
  for (const cut of [1, 12, 40]) {
    const disk = new FaultDisk();
    Tombstones.open(disk, '/data').add([entry('a')]);
    const bytes = disk.bytesOf(FILE).slice();
    const torn = new Uint8Array(2 * bytes.length - cut);
    torn.set(bytes);
    torn.set(bytes.subarray(0, bytes.length - cut), bytes.length);
    disk.put(FILE, torn);
    Tombstones.open(disk, '/data').add([entry('b')]);
    Tombstones.open(disk, '/data').add([entry('c')]);
    for (const host of ['a', 'b', 'c']) assert.ok(isDeleted(disk, host), `${host}, ${cut} bytes cut off`);
  }
});

test('a damaged line costs its own deletion alone', () => {
  const disk = new FaultDisk();
  Tombstones.open(disk, '/data').add(['a', 'b', 'c'].map(entry));
  const bytes = disk.bytesOf(FILE).slice();
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  disk.put(FILE, bytes);
  assert.deepEqual(
    ['a', 'b', 'c'].map((host) => isDeleted(disk, host)),
    [true, false, true],
  );
});
