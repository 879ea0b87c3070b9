import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32c } from '../../src/lib/crc32c.ts';
import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import { MAX_BLOCK_ROWS, type RowRun } from '../../src/tsdb/encoding/block.ts';
import { newTierParts } from '../../src/tsdb/encoding/tier-parts.ts';
import { SegmentReader } from '../../src/tsdb/segment-reader.ts';
import { SegmentDamage, type SegmentGroup, UnsupportedFormat } from '../../src/tsdb/segment-types.ts';
import { verifySegment } from '../../src/tsdb/segment-verifier.ts';
import { SegmentWriter } from '../../src/tsdb/segment-writer.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { randomRuns, readBack, START_MS, smallSegment, smallTierSegment, tierRun } from '../support/segments.ts';

const values = new Float64Array(MAX_BLOCK_ROWS);
const present = new Uint8Array(MAX_BLOCK_ROWS);

test('row groups, times, values and holes of a segment come back', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const disk = new MemoryDisk();
    const expected = randomRuns(seed);
    const writer = SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
    for (const { group, runs } of expected) {
      writer.addRowGroup(group);
      for (const run of runs) writer.addRows(run);
    }
    const estimate = writer.sizeBytes;
    const summary = await writer.finish();
    assert.equal(summary.sizeBytes, disk.sizeOf('/raw/a.seg'));
    assert.ok(summary.sizeBytes <= estimate, 'the estimate is no less than the file');
    const reader = SegmentReader.open(disk, '/raw/a.seg');
    const { path: _path, ...facts } = summary;
    assert.deepEqual(facts, {
      tierMs: reader.tierMs,
      sizeBytes: reader.sizeBytes,
      minMs: reader.minMs,
      maxMs: reader.maxMs,
      rows: reader.rows,
      samples: reader.samples,
      groups: reader.groupCount,
    });
    assert.deepEqual(
      readBack(reader),
      expected.flatMap(({ group, runs }) => [JSON.stringify(group), ...runs.flatMap(rowsOf)]),
    );
    reader.close();
  }
});

/** Rows of a run as `readBack` prints them. */
function rowsOf(run: RowRun): string[] {
  return Array.from({ length: run.count }, (_, i) =>
    JSON.stringify([
      run.times[i],
      ...run.columns.map((column, c) => {
        const mask = run.present[c];
        if (mask && mask[i] !== 1) return null;
        return Buffer.from(column.buffer, column.byteOffset + 8 * i, 8).toString('hex');
      }),
    ]),
  );
}

test('row groups of one poll share their times, also when the runs are long', async () => {
  const disk = new MemoryDisk();
  const times = Float64Array.from({ length: 5000 }, (_, i) => START_MS + i * 10_000 + (i % 5));
  const sizes: number[] = [];
  for (const groups of [1, 11]) {
    const file = `/raw/${groups}.seg`;
    const writer = SegmentWriter.create(disk, file, { tierMs: 0 });
    for (let g = 0; g < groups; g++) {
      writer.addRowGroup({ tenant: 1, measurement: 'interface', tags: ['ifname', `Gi${g}`], fields: ['up'] });
      writer.addRows({ count: 5000, times, columns: [new Float64Array(5000).fill(1)], present: [null] });
    }
    const { sizeBytes } = await writer.finish();
    sizes.push(sizeBytes);
    const reader = SegmentReader.open(disk, file);
    assert.ok(reader.blockCount >= groups * 4, 'long runs are cut');
    for (let block = 1; block < reader.firstBlock[1]!; block++) {
      assert.ok(reader.blockMinMs(block) > reader.blockMaxMs(block - 1));
    }
    if (groups > 1) assert.equal(reader.blockTimes(reader.firstBlock[1]!), reader.blockTimes(0));
    reader.close();
  }
  assert.ok(sizes[1]! - sizes[0]! < 10 * 8 * 20, `ten more row groups cost ${sizes[1]! - sizes[0]!} bytes`);
});

test('a row group that missed polls is cut at the same times as its neighbours', async () => {
  const disk = new MemoryDisk();
  const writer = SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
  const all = Array.from({ length: 6000 }, (_, i) => START_MS + i * 10_000);
  for (const [name, times] of [
    ['a', all],
    ['b', all.filter((_, i) => i !== 17 && i !== 4000)],
  ] as const) {
    writer.addRowGroup({ tenant: 1, measurement: 'm', tags: ['name', name], fields: ['f'] });
    writer.addRows({
      count: times.length,
      times: Float64Array.from(times),
      columns: [Float64Array.from(times, (_, i) => i)],
      present: [null],
    });
  }
  await writer.finish();
  const reader = SegmentReader.open(disk, '/raw/a.seg');
  const [, second, end] = reader.firstBlock;
  let shared = 0;
  for (let block = second!; block < end!; block++) {
    for (let other = 0; other < second!; other++) if (reader.blockTimes(block) === reader.blockTimes(other)) shared++;
  }
  assert.ok(shared >= end! - second! - 2, `${shared} of ${end! - second!} blocks share their times`);
  reader.close();
});

test('tier segments give back all parts of all buckets', async () => {
  const disk = new MemoryDisk();
  const writer = SegmentWriter.create(disk, '/5m/a.seg', { tierMs: 300_000 });
  const groups: [group: SegmentGroup, run: ReturnType<typeof tierRun>][] = [];
  for (let g = 0; g < 150; g++) {
    const fields = Array.from({ length: 1 + (g % 6) }, (_, f) => `field${f}`);
    const group = { tenant: 1 + (g % 2), measurement: `m${g % 3}`, tags: ['id', String(g)], fields };
    const run = tierRun(g, 1 + ((g >> 3) % 40), fields.length);
    groups.push([group, run]);
    writer.addRowGroup(group);
    writer.addTierRun(run);
  }
  const summary = await writer.finish();
  const reader = SegmentReader.open(disk, '/5m/a.seg');
  assert.equal(reader.samples, summary.samples);
  const into = newTierParts();
  const found = [...reader.groups()];
  // Also out of order: entries of a page are found by passing over others.
  for (const g of [149, 0, 75, ...groups.keys()]) {
    const [group, run] = groups[g]!;
    assert.deepEqual(found[g], group);
    const block = reader.firstBlock[g]!;
    assert.equal(reader.firstBlock[g + 1], block + 1);
    assert.deepEqual(reader.readTimes(block).slice(0, run.count), run.starts.slice(0, run.count));
    run.columns.forEach((parts, c) => {
      const any = parts.samples.some((samples) => samples > 0);
      assert.equal(reader.readTierColumn(block, c, into), any, `group ${g}, column ${c}`);
      for (let i = 0; any && i < run.count; i++) {
        assert.equal(into.samples[i], parts.samples[i], `group ${g}, column ${c}, bucket ${i}`);
        if (parts.samples[i] === 0) continue;
        for (const part of ['min', 'max', 'sum', 'last', 'increase'] as const) {
          assert.ok(Object.is(into[part][i], parts[part][i]), `group ${g}, column ${c}, ${part} of bucket ${i}`);
        }
      }
    });
  }
  reader.close();
});

test('nothing is seen under the name of a segment before it is finished', async () => {
  const disk = new MemoryDisk();
  const writer = SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
  writer.addRowGroup({ tenant: 1, measurement: 'm', tags: [], fields: ['f'] });
  writer.addRows({ count: 1, times: Float64Array.of(1000), columns: [Float64Array.of(1)], present: [null] });
  assert.deepEqual(disk.list('/raw'), ['a.seg.tmp']);
  await writer.finish();
  assert.deepEqual(disk.list('/raw'), ['a.seg']);
});

test('an aborted segment leaves nothing, and a left-over of an interrupted one is replaced', async () => {
  const disk = new MemoryDisk();
  SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
  const writer = SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
  writer.abort();
  assert.deepEqual(disk.list('/raw'), []);
});

test('whichever operation of the disk fails, a segment is there as a whole or not at all', async () => {
  const times = Float64Array.from({ length: 9000 }, (_, i) => START_MS + i * 1000 + (i % 5));
  const noise = Float64Array.from(times, (_, i) => Math.sin(i));
  let failures = 0;
  for (let nth = 1; ; nth++) {
    const disk = new FaultDisk();
    disk.failAfter(nth, 'EIO', nth % 2 === 0);
    let writer: SegmentWriter | undefined;
    let failure: unknown;
    try {
      writer = SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 });
      for (let g = 0; g < 8; g++) {
        writer.addRowGroup({ tenant: 1, measurement: 'm', tags: ['id', String(g)], fields: ['f'] });
        writer.addRows({ count: 9000, times, columns: [noise], present: [null] });
      }
      await writer.finish();
    } catch (error) {
      failure = error;
      failures++;
    }
    disk.heal();
    if (failure === undefined) break;
    writer?.abort();
    assert.ok(!disk.exists('/raw/a.seg.tmp'), `operation ${nth}, ${disk.failed}`);
    // Only the sync of the folder comes after the name: the file is whole then.
    if (disk.exists('/raw/a.seg')) {
      assert.match(disk.failed!, /fsyncFolder/);
      assert.equal(verifySegment(disk, '/raw/a.seg').damageCount, 0);
    }
  }
  assert.ok(failures > 5, `${failures} operations were failed`);
});

test('an empty segment can be written and read', async () => {
  const disk = new MemoryDisk();
  await SegmentWriter.create(disk, '/raw/a.seg', { tierMs: 0 }).finish();
  const reader = SegmentReader.open(disk, '/raw/a.seg');
  assert.deepEqual([reader.groupCount, reader.blockCount, [...reader.groups()].length], [0, 0, 0]);
  assert.equal(verifySegment(disk, '/raw/a.seg').damageCount, 0);
});

for (const [kind, make] of [
  ['raw', smallSegment],
  ['tier', smallTierSegment],
] as const) {
  test(`every flipped byte of a small ${kind} segment is detected and never served`, async () => {
    const { disk, file, content } = await make();
    const good = disk.contents.get(file)!;
    assert.equal(verifySegment(disk, file).damageCount, 0);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at & 7);
      disk.contents.set(file, bad);
      const report = verifySegment(disk, file);
      assert.ok(report.damageCount > 0, `byte ${at} of ${good.length}`);
      assert.equal(report.damages[0]!.path, file);
      // Whatever can still be read is what was written.
      assert.ok(isPartOf(await make.read(disk, file), content), `byte ${at} changed what is served`);
    }
  });

  test(`every shortened ${kind} segment is detected`, async () => {
    const { disk, file } = await make();
    const good = disk.contents.get(file)!;
    for (let length = 0; length < good.length; length++) {
      disk.contents.set(file, Buffer.from(good.subarray(0, length)));
      assert.throws(() => SegmentReader.open(disk, file), SegmentDamage, `${length} bytes`);
    }
  });
}

/** Whether each line that was read was written. */
function isPartOf(lines: readonly string[], content: readonly string[]): boolean {
  const known = new Set(content);
  return lines.every((line) => known.has(line));
}

test('damage names the file, the place and what it is', async () => {
  const { disk, file } = await smallSegment();
  const bytes = disk.contents.get(file)!;
  bytes[30]! ^= 1;
  const reader = SegmentReader.open(disk, file);
  assert.throws(
    () => {
      for (let block = 0; block < reader.blockCount; block++) {
        reader.readTimes(block);
        reader.readColumn(block, 0, values, present);
      }
    },
    (error: SegmentDamage) => error.path === file && error.offset >= 20 && /checksum/.test(error.message),
  );
});

test('a segment of a newer format is refused with a clear line', async () => {
  const { disk, file } = await smallSegment();
  const bytes = disk.contents.get(file)!;
  bytes.writeUInt16LE(2, 8);
  bytes.writeUInt32LE(crc32c(bytes, 0, 16), 16);
  assert.throws(
    () => SegmentReader.open(disk, file),
    (error: Error) =>
      error instanceof UnsupportedFormat && /format version 2.*knows 1.*newer version/.test(error.message),
  );
});
