/** Memory for open rows stays within its bounds whatever the load begins with. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import { finish } from '../../src/lib/parts.ts';
import { openEngine, putRow } from '../support/engine-model.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const GROUPS = 900;
const FIELDS = Array.from({ length: 64 }, (_, i) => `f${i}`);
const values = new Float64Array(FIELDS.length).fill(1);

test('row groups that appear all at once do not fill more memory than open rows may take', async () => {
  const clock = new SimulatedClock();
  const engine = openEngine(new MemoryDisk(), clock);
  // A server that polls little: chunks may be as long as they get.
  putRow(engine, { tenant: 1, measurement: 'small', tags: [], timeMs: clock.nowMs(), fields: new Map([['x', 0n]]) });
  engine.commit();
  engine.tick();
  const startMs = clock.nowMs() - 3_600_000;
  const columns = Uint16Array.from(FIELDS.keys());
  const groups = Array.from({ length: GROUPS }, (_, g) => {
    const key = Buffer.from(`wide ${g}`);
    return engine.intern(1, key, 0, key.length, g, 'wide', ['g', String(g)]);
  });
  for (const group of groups) for (const field of FIELDS) engine.column(group, field);
  for (let row = 0; row < 110; row++) {
    for (const group of groups) engine.row(group, startMs + row * 10_000, columns, values, columns.length);
    engine.commit();
    if (row % 20 === 0) engine.tick();
    const openMb = engine.statistics().openBytes / 2 ** 20;
    assert.ok(openMb < 40, `${openMb} MB after ${row + 1} rows`);
  }
  const matchers = [{ name: '__name__', op: '=', value: 'wide_f7' }] as const;
  const found = finish(engine.select({ tenants: [1], matchers, fromMs: 0, toMs: clock.nowMs() }));
  assert.equal(found.length, GROUPS);
  for (const series of found) assert.equal(engine.read(series, 0, clock.nowMs()).count, 110);
  await engine.close();
});
