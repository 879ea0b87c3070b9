/** Folders that released versions left are read by this one. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { systemDisk } from '../../src/lib/disk.ts';
import { finish } from '../../src/lib/parts.ts';
import { emptySamples, withoutStale } from '../../src/promql/stale.ts';
import { verifySegment } from '../../src/tsdb/segment-verifier.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { imageModel, LOGGED_TENANT, openImage, SEALED_TENANT } from '../support/tsdb-image.ts';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const images = fs.readdirSync(fixtures).filter((name) => name.startsWith('tsdb-v'));

/** Written when a sample at the edge of two buckets belonged to the later one. */
const WITH_OTHER_EDGES = ['tsdb-v1'];

test('there is an image of the current format', () => assert.ok(images.includes('tsdb-v1')));

for (const image of images) {
  const folder = path.join(fixtures, image);

  test(`${image}: every segment is whole`, () => {
    const segments = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.seg'));
    assert.ok(segments.length >= 3, 'raw, 5m and 1h');
    for (const name of segments) {
      const report = verifySegment(systemDisk, path.join(folder, name));
      assert.deepEqual([...report.damages], [], name);
      assert.ok(report.samples > 0, name);
    }
  });

  test(`${image}: samples, buckets and the log are read as they were written`, async () => {
    const clock = new SimulatedClock();
    const engine = openImage(folder, clock);
    const model = imageModel(clock);
    model.check(engine, [SEALED_TENANT, LOGGED_TENANT], 0, clock.nowMs(), image);
    for (const tierMs of [300_000, 3_600_000] as const) {
      if (!WITH_OTHER_EDGES.includes(image)) model.checkTier(engine, [SEALED_TENANT], tierMs, clock.nowMs(), image);
      for (const series of finish(engine.select({ tenants: [SEALED_TENANT], matchers: [], fromMs: 0, toMs: 8e15 }))) {
        const { samples, count } = engine.readTier(series, tierMs, 0, clock.nowMs());
        const inBuckets = samples.subarray(0, count).reduce((sum, n) => sum + n, 0);
        const all = withoutStale(engine.read(series, 0, 8e15), emptySamples()).count;
        assert.equal(inBuckets, all, `${series.labels.join()} at ${tierMs}`);
      }
    }
    assert.equal(engine.health().status, 'ok');
    await engine.close();
  });
}
