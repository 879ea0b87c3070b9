/**
 * The naive reference of the engine: every sample in a map. And what tests need to put rows into both and compare them.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../../src/lib/clock.ts';
import type { Disk } from '../../src/lib/disk.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { finish } from '../../src/lib/parts.ts';
import { metricName } from '../../src/model/field.ts';
import type { RowSink } from '../../src/model/row-sink.ts';
import type { Matcher, SampleBuffer } from '../../src/model/series.ts';
import { Engine, type EngineOptions } from '../../src/tsdb/engine.ts';
import { DiskFullError, WalError } from '../../src/tsdb/engine-errors.ts';
import { DiskError } from './fault-disk.ts';

export interface ModelRow {
  readonly tenant: number;
  readonly measurement: string;
  /** Name, value, … */
  readonly tags: readonly string[];
  readonly timeMs: number;
  /** Field → bits of the value. */
  readonly fields: ReadonlyMap<string, bigint>;
}

const numbers = new Float64Array(1);
const bits = new BigUint64Array(numbers.buffer);

export function bitsOf(value: number): bigint {
  numbers[0] = value;
  return bits[0]!;
}

export function openEngine(disk: Disk, clock: Clock, more: Partial<EngineOptions> = {}): Engine {
  return Engine.open({
    folder: '/data/tsdb',
    disk,
    clock,
    logger: silentLogger,
    budgetBytes: 256 * 2 ** 20,
    fsync: 'group',
    ...more,
  });
}

/** Puts a row into a sink the way a parser does. Returns the sink's answer. */
export function putRow(sink: RowSink, row: ModelRow): number {
  const key = Buffer.from(JSON.stringify([row.measurement, row.tags]));
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  let group = sink.find(row.tenant, key, 0, key.length, hash);
  if (group < 0) group = sink.intern(row.tenant, key, 0, key.length, hash, row.measurement, row.tags);
  const columns = Uint16Array.from([...row.fields.keys()], (field) => sink.column(group, field));
  const values = new Float64Array(new BigUint64Array([...row.fields.values()]).buffer);
  return sink.row(group, row.timeMs, columns, values, columns.length);
}

/** Buckets that ended less than this before a flush are left to the next one. */
const TIER_GRACE_MS = 60_000;

export class EngineModel {
  /** Series key → time → bits. */
  readonly series = new Map<string, Map<number, bigint>>();

  add(row: ModelRow): void {
    for (const [field, value] of row.fields) {
      const key = keyOf(row.tenant, row.measurement, row.tags, field);
      let samples = this.series.get(key);
      if (!samples) {
        samples = new Map();
        this.series.set(key, samples);
      }
      samples.set(row.timeMs, value);
    }
  }

  /** Forgets the series of a tenant that have this tag. */
  delete(tenant: number, name: string, value: string): void {
    for (const key of this.series.keys()) {
      const [owner, labels] = JSON.parse(key) as [number, [string, string][]];
      if (owner === tenant && labels.some(([n, v]) => n === name && v === value)) this.series.delete(key);
    }
  }

  /**
   * Compares the buckets of a tier that had ended at `nowMs` with aggregates of the samples; series with NaN or infinities
   * by count and last only.
   */
  checkTier(
    engine: Engine,
    tenants: readonly number[],
    tierMs: 300_000 | 3_600_000,
    nowMs: number,
    note: string,
  ): void {
    const endMs = Math.floor((nowMs - TIER_GRACE_MS) / tierMs) * tierMs;
    for (const tenant of tenants) {
      const matchers: Matcher[] = [{ name: '__name__', op: '=~', value: '.+' }];
      for (const series of finish(engine.select({ tenants: [tenant], matchers, fromMs: 0, toMs: 8e15 }))) {
        // A field whose only row was refused is known without samples.
        const known = this.series.get(keyOfLabels(tenant, series.labels)) ?? new Map<number, bigint>();
        const samples = [...known].sort((a, b) => a[0] - b[0]);
        const expected = bucketsOf(samples, tierMs).filter(({ start }) => start < endMs);
        const actual = engine.readTier(series, tierMs, 0, endMs);
        const where = `${note}: ${series.labels.join()} at ${tierMs}`;
        assert.deepEqual(
          [...actual.starts.subarray(0, actual.count)],
          expected.map(({ start }) => start),
          where,
        );
        expected.forEach((bucket, i) => {
          const at = `${where} bucket ${bucket.start}`;
          assert.equal(actual.samples[i], bucket.samples, at);
          near(actual.last[i]!, bucket.last, at);
          if (!bucket.isFinite) return;
          near(actual.min[i]!, bucket.min, at);
          near(actual.max[i]!, bucket.max, at);
          near(actual.sum[i]!, bucket.sum, at);
          near(actual.increase[i]!, bucket.increase, at);
        });
      }
    }
  }

  /** Compares everything in a range, bit for bit. */
  check(engine: Engine, tenants: readonly number[], fromMs: number, toMs: number, note: string): void {
    for (const tenant of tenants) {
      const matchers: Matcher[] = [{ name: '__name__', op: '=~', value: '.+' }];
      const left = new Map(this.series);
      for (const key of left.keys()) if ((JSON.parse(key) as [number])[0] !== tenant) left.delete(key);
      for (const series of finish(engine.select({ tenants: [tenant], matchers, fromMs, toMs }))) {
        const key = keyOfLabels(tenant, series.labels);
        const expected = [...(left.get(key) ?? [])]
          .filter(([at]) => at >= fromMs && at <= toMs)
          .sort((a, b) => a[0] - b[0]);
        assert.deepEqual(
          samplesOf(engine.read(series, fromMs, toMs)),
          expected,
          `${note}: ${key} in ${fromMs}…${toMs}`,
        );
        left.delete(key);
      }
      for (const [key, samples] of left) {
        const missing = [...samples.keys()].filter((at) => at >= fromMs && at <= toMs);
        assert.deepEqual(missing, [], `${note}: ${key} was not selected`);
      }
    }
  }
}

export function samplesOf(buffer: SampleBuffer): [number, bigint][] {
  const out: [number, bigint][] = [];
  for (let i = 0; i < buffer.count; i++) {
    out.push([buffer.times[i]!, (BigInt(buffer.bits[2 * i + 1]!) << 32n) | BigInt(buffer.bits[2 * i]!)]);
  }
  return out;
}

function keyOf(tenant: number, measurement: string, tags: readonly string[], field: string): string {
  return keyOfLabels(tenant, ['__name__', metricName(measurement, field), ...tags]);
}

function keyOfLabels(tenant: number, labels: readonly string[]): string {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i]!, labels[i + 1]!]);
  pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return JSON.stringify([tenant, pairs]);
}

const STALE = 0x7ff0000000000002n;
const LOOK_BACK_MS = 3_600_000;

function near(actual: number, expected: number, note: string): void {
  if (Object.is(actual, expected) || (Number.isNaN(actual) && Number.isNaN(expected))) return;
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${note}: ${actual}, not ${expected}`,
  );
}

function numberOf(value: bigint): number {
  bits[0] = value;
  return numbers[0]!;
}

interface ModelBucket {
  start: number;
  samples: number;
  min: number;
  max: number;
  sum: number;
  last: number;
  increase: number;
  isFinite: boolean;
}

function bucketsOf(all: readonly [number, bigint][], tierMs: number): ModelBucket[] {
  const samples = all.filter(([, value]) => value !== STALE).map(([at, value]) => [at, numberOf(value)] as const);
  const out: ModelBucket[] = [];
  samples.forEach(([at, value], i) => {
    // Open on the left.
    const start = (Math.ceil(at / tierMs) - 1) * tierMs;
    let bucket = out.at(-1);
    let before = samples[i - 1];
    if (bucket?.start !== start) {
      bucket = { start, samples: 0, min: value, max: value, sum: 0, last: value, increase: 0, isFinite: true };
      out.push(bucket);
      if (before && before[0] < start - LOOK_BACK_MS) before = undefined;
      if (before && !Number.isFinite(before[1])) bucket.isFinite = false;
    }
    bucket.samples++;
    bucket.min = Math.min(bucket.min, value);
    bucket.max = Math.max(bucket.max, value);
    bucket.sum += value;
    bucket.last = value;
    if (!Number.isFinite(value)) bucket.isFinite = false;
    if (before) bucket.increase += value < before[1] ? value : value - before[1];
  });
  return out;
}

/** False when the disk failed; anything else fails the test. */
export async function survives(action: () => unknown): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof DiskError || error instanceof WalError || error instanceof DiskFullError) return false;
    throw error;
  }
}
