import assert from 'node:assert/strict';
import test from 'node:test';
import type { DiskFile } from '../../src/lib/disk.ts';
import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import { ReadWindows } from '../../src/tsdb/read-window.ts';
import { seededRandom } from '../support/fuzz.ts';

/** A file whose bytes say file and place. */
function makeFile(disk: MemoryDisk, number: number, size: number): DiskFile {
  const name = `/f${number}`;
  disk.contents.set(
    name,
    Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + number * 7 + (i >> 8)) & 255)),
  );
  return disk.open(name, 'read');
}

test('many files read in turn, forward and at random, give their own bytes', () => {
  const disk = new MemoryDisk();
  const random = seededRandom(4);
  const files = Array.from({ length: 40 }, (_, n) => makeFile(disk, n, 100_000));
  const places = files.map(() => 0);
  const windows = new ReadWindows();
  for (let round = 0; round < 1000; round++) {
    const n = random.below(files.length);
    const length = 1 + random.below(5000);
    const offset = random.chance(0.7) ? places[n]! : random.below(95_000);
    if (offset + length > 100_000) continue;
    places[n] = offset + length;
    const bytes = windows.read(files[n]!, offset, length);
    assert.ok(bytes);
    const good = disk.contents.get(`/f${n}`)!.subarray(offset, offset + length);
    assert.equal(Buffer.compare(bytes.subarray(windows.at, windows.at + length), good), 0, `round ${round}`);
  }
});

test('neighbours are read ahead: a thousand small reads forward are a few large ones', () => {
  const disk = new MemoryDisk();
  const file = makeFile(disk, 1, 1_000_000);
  let reads = 0;
  const counted: DiskFile = {
    ...file,
    path: file.path,
    read(bytes, position) {
      reads++;
      return file.read(bytes, position);
    },
  };
  const windows = new ReadWindows();
  for (let i = 0; i < 1000; i++) assert.ok(windows.read(counted, i * 1000, 1000));
  assert.ok(reads < 12, `${reads} reads`);
});

test('a read beyond the end of the file is none', () => {
  const disk = new MemoryDisk();
  const file = makeFile(disk, 1, 100);
  const windows = new ReadWindows();
  assert.equal(windows.read(file, 90, 11), undefined);
  assert.ok(windows.read(file, 90, 10));
});

test('a file that is dropped is read anew', () => {
  const disk = new MemoryDisk();
  const file = makeFile(disk, 1, 100);
  const windows = new ReadWindows();
  windows.read(file, 0, 10);
  disk.contents.set('/f1', Buffer.alloc(100, 9));
  windows.drop(file);
  assert.equal(windows.read(file, 0, 10)![windows.at], 9);
});
