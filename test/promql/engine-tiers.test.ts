/** The engine's tiers and its raw samples give the same answers over windows that are aligned to buckets. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import type { SeriesHandle, SeriesSource } from '../../src/model/series.ts';
import { evaluateRange } from '../../src/promql/query.ts';
import { emptySamples, withoutStale } from '../../src/promql/stale.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import { bitsOf, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { seededRandom } from '../support/fuzz.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const HOUR_MS = 3_600_000;
const HOURS = 7;
const STALE = 0x7ff0000000000002n;

/** Hours of series of many kinds, polled on the full second or beside it, with outages, late rows, resets and ends. */
async function fill(seed: number): Promise<{ engine: Engine; startMs: number; endMs: number }> {
  const random = seededRandom(seed);
  const clock = new SimulatedClock();
  const engine = openEngine(new FaultDisk(), clock);
  const startMs = clock.nowMs();
  let late: [dueMs: number, host: number, timeMs: number, bits: bigint][] = [];
  const put = (host: number, timeMs: number, bits: bigint) => {
    const fields = new Map([['v', bits]]);
    putRow(engine, { tenant: 1, measurement: 'm', tags: ['host', String(host)], timeMs, fields });
  };
  const values: ((before: number) => number)[] = [
    (before) => (random.chance(0.01) ? random.below(100) : before + random.below(1000)),
    (before) => Math.round((before + random.below(100) / 100 - 0.5) * 100) / 100,
    () => random.below(2 ** 31) / 7e4,
    () => random.below(3),
    (before) => (random.chance(0.003) ? 7e12 : before + random.below(2 ** 31)),
  ];
  const hosts = Array.from({ length: 10 }, (_, host) => ({
    host,
    next: startMs + (host < 5 ? 0 : 1 + random.below(9998)),
    stepMs: random.pick([10_000, 30_000, 60_000, 300_000, 1_200_000]),
    value: random.below(1e6),
  }));
  while (clock.nowMs() < startMs + HOURS * HOUR_MS) {
    await clock.advance(300_000);
    for (const one of hosts) {
      for (; one.next < clock.nowMs(); one.next += one.stepMs) {
        if (random.chance(0.01)) one.next += random.below(20) * one.stepMs;
        one.value = values[one.host % values.length]!(one.value);
        const bits = random.chance(0.003) ? STALE : bitsOf(one.value);
        if (random.chance(0.05)) late.push([clock.nowMs() + random.below(3 * HOUR_MS), one.host, one.next, bits]);
        else put(one.host, one.next, bits);
      }
    }
    for (const [dueMs, host, timeMs, bits] of late) if (dueMs < clock.nowMs()) put(host, timeMs, bits);
    late = late.filter(([dueMs]) => dueMs >= clock.nowMs());
    engine.commit();
    engine.tick();
    await engine.idle();
  }
  await engine.flush();
  return { engine, startMs, endMs: clock.nowMs() };
}

test('aggregates over aligned windows are the same from a tier and from raw samples', async () => {
  const { engine, startMs, endMs } = await fill(7);
  let tiersRead = 0;
  const counting: SeriesSource = {
    select: (request) => engine.select(request),
    read: (...args) => engine.read(...args),
    readTier: (...args) => {
      tiersRead++;
      return engine.readTier(...args);
    },
    tiers: (...args) => engine.tiers(...args),
  };
  const raw: SeriesSource = {
    ...counting,
    readTier: () => assert.fail('raw only'),
    tiers: (fromMs, toMs) => [{ tierMs: 0, fromMs, toMs }],
  };
  const answers = async (source: SeriesSource, query: string, stepMs: number) => {
    const times = { startMs: startMs + 2 * HOUR_MS, endMs: Math.floor(endMs / stepMs) * stepMs, stepMs };
    const limits = { maxSamples: 1e9, timeoutMs: 60_000 };
    const { value } = await evaluateRange({ source, tenants: [1], limits, query, ...times });
    assert.equal(value.kind, 'matrix');
    if (value.kind !== 'matrix') return [];
    const { matrix } = value;
    return matrix.labels.slice(0, matrix.rows).map((labels, row) => {
      const cells = Array.from({ length: matrix.steps }, (_, k) => row * matrix.steps + k);
      return [labels.join(), cells.map((at) => (matrix.present[at] === 1 ? matrix.values[at]! : undefined))] as const;
    });
  };
  const functions = ['min', 'max', 'sum', 'count', 'avg', 'last', 'present'].map((name) => `${name}_over_time`);
  const cases: [stepMs: number, query: string][] = [];
  for (const name of functions) {
    for (const range of ['5m', '20m']) cases.push([300_000, `${name}(m_v[${range}])`]);
    for (const range of ['1h', '3h offset 1h', '2h offset -1h']) {
      const [width, ...more] = range.split(' ');
      cases.push([HOUR_MS, `${name}(m_v[${width}] ${more.join(' ')})`]);
    }
  }
  cases.push([HOUR_MS, 'max_over_time(sum_over_time(m_v[1h])[3h:1h])'], [HOUR_MS, 'sum(avg_over_time(m_v[1h]))']);
  for (const [stepMs, query] of cases) {
    const before = tiersRead;
    const [coarse, fine] = [await answers(counting, query, stepMs), await answers(raw, query, stepMs)];
    assert.ok(tiersRead > before, `${query}: answered from a tier`);
    assert.deepEqual(
      coarse.map(([labels]) => labels),
      fine.map(([labels]) => labels),
      query,
    );
    const isSum = /sum|avg/.test(query);
    coarse.forEach(([labels, found], i) => {
      fine[i]![1].forEach((wanted, k) => {
        const value = found[k];
        const isNear =
          isSum && value !== undefined && wanted !== undefined && Math.abs(value - wanted) <= 1e-12 * Math.abs(wanted);
        assert.ok(isNear || Object.is(value, wanted), `${query}, ${labels}, step ${k}: ${value}, not ${wanted}`);
      });
    });
  }
  // Growth counts from the sample before the window, and is extrapolated over no edge where the series began or ended.
  const all = finish(engine.select({ tenants: [1], matchers: [], fromMs: 0, toMs: 8e15 }));
  for (const hours of [1, 2, 4]) {
    const answered = new Map(await answers(counting, `increase(m_v[${hours}h])`, HOUR_MS));
    for (const series of all) {
      const labels = series.labels.slice(2).join();
      const samples = [...withoutStaleOf(engine, series)];
      for (const [k, found] of (answered.get(labels) ?? []).entries()) {
        const toMs = startMs + (2 + k) * HOUR_MS;
        const fromMs = toMs - hours * HOUR_MS;
        if (found === undefined || toMs > endMs) continue;
        let wanted = 0;
        samples.forEach(([at, value], i) => {
          const before = samples[i - 1];
          if (at <= fromMs || at > toMs || !before) return;
          wanted += value < before[1] ? value : value - before[1];
        });
        const tolerance = 1e-9 * Math.max(1, Math.abs(wanted));
        assert.ok(Math.abs(found - wanted) <= tolerance, `${labels}, ${hours} h to ${toMs}: ${found}, not ${wanted}`);
      }
    }
  }
  await engine.close();
});

function* withoutStaleOf(engine: Engine, series: SeriesHandle): Generator<[timeMs: number, value: number]> {
  const { times, values, count } = withoutStale(engine.read(series, 0, 8e15), emptySamples());
  for (let i = 0; i < count; i++) yield [times[i]!, values[i]!];
}
