/**
 * Aggregates rows into the buckets of a tier. Semantics: `TierBuffer` in `model/series.ts`.
 *
 * Decimals are added as whole numbers, so a sum is the float nearest to the true decimal; true floats are added with
 * Neumaier's compensation. Stale markers are no samples. NaN is one: it makes sum and increase NaN, and is passed over
 * in min and max unless there is nothing else.
 */
import type { RowRun } from './encoding/block.ts';
import { exponentOf, POWERS } from './encoding/decimal.ts';
import { newTierParts, type TierParts } from './encoding/tier-parts.ts';
import type { TierRun } from './segment-types.ts';
import { STALE_LOW } from './stale.ts';

/** Start of the bucket that a time belongs to: buckets are open on the left, as the windows of PromQL are. */
export function bucketStart(timeMs: number, tierMs: number): number {
  return (Math.ceil(timeMs / tierMs) - 1) * tierMs;
}

/** Whole numbers up to this add up exactly. */
const EXACT = 2 ** 53;

export interface AggregateOptions {
  readonly tierMs: number;
  /** The last value of each column before the run, NaN where there is none: what the first increase counts from. */
  readonly before?: Float64Array;
  /** False where a column is known to be no counter: its increases are NaN and cost nothing. */
  readonly counters?: readonly boolean[];
}

/** Reuses its arrays: a result is valid until the next call. */
export class TierAggregator {
  #starts = new Float64Array(64);
  /** Index of the first row of each bucket; one more gives the end. */
  #firstRow = new Uint32Array(65);
  readonly #columns: TierParts[] = [];

  /** Aggregates a run of any length. */
  aggregate(run: RowRun, options: AggregateOptions): TierRun {
    const count = this.#cut(run.times, run.count, options.tierMs);
    const largest = EXACT / this.#mostRows(count);
    run.columns.forEach((values, c) => {
      const parts = this.#partsOf(c, count);
      const before = options.before?.[c] ?? Number.NaN;
      const present = run.present[c] ?? null;
      const shape = present === null ? shapeOf(values, run.count, largest) : SHAPE.any;
      if (shape === SHAPE.constant) aggregateConstant(values[0]!, this.#firstRow, count, before, parts);
      else if (shape === SHAPE.whole) aggregateWhole(values, this.#firstRow, count, before, parts);
      else aggregateColumn(values, present, this.#firstRow, count, before, largest, parts);
      if (options.counters?.[c] === false) parts.increase.fill(Number.NaN, 0, count);
    });
    return { count, starts: this.#starts, columns: this.#columns.slice(0, run.columns.length) };
  }

  #partsOf(column: number, buckets: number): TierParts {
    let parts = this.#columns[column];
    if (parts === undefined || parts.min.length < buckets) {
      parts = newTierParts(Math.max(64, buckets));
      this.#columns[column] = parts;
    }
    return parts;
  }

  /** Finds the buckets of the rows; returns how many. */
  #cut(times: Float64Array, rows: number, tierMs: number): number {
    let buckets = 0;
    let end = -Infinity;
    for (let i = 0; i < rows; i++) {
      if (times[i]! <= end) continue;
      if (buckets + 1 >= this.#firstRow.length) this.#grow();
      const start = bucketStart(times[i]!, tierMs);
      end = start + tierMs;
      this.#starts[buckets] = start;
      this.#firstRow[buckets++] = i;
    }
    this.#firstRow[buckets] = rows;
    return buckets;
  }

  /** Most rows of a bucket. */
  #mostRows(buckets: number): number {
    let most = 1;
    for (let b = 0; b < buckets; b++) most = Math.max(most, this.#firstRow[b + 1]! - this.#firstRow[b]!);
    return most;
  }

  #grow(): void {
    const starts = new Float64Array(this.#starts.length * 2);
    starts.set(this.#starts);
    this.#starts = starts;
    const firstRow = new Uint32Array(starts.length + 1);
    firstRow.set(this.#firstRow);
    this.#firstRow = firstRow;
  }
}

/** Which rows hold samples, stale markers taken out; null for all. */
function samplesOf(values: Float64Array, present: Uint8Array | null, rows: number): Uint8Array | null {
  let kept = present;
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (value <= Infinity || value >= -Infinity || (present !== null && present[i] === 0)) continue;
    if (new Uint32Array(values.buffer, values.byteOffset + i * 8, 1)[0] !== STALE_LOW) continue;
    if (kept === present) kept = present === null ? new Uint8Array(rows).fill(1) : present.slice(0, rows);
    kept![i] = 0;
  }
  return kept;
}

/**
 * Decimal places that all samples and `before` have; -1 when some are true floats, or when the scaled ones are beyond
 * `limit` and their sums might not be exact.
 */
function exponentOfColumn(
  values: Float64Array,
  present: Uint8Array | null,
  rows: number,
  before: number,
  limit: number,
): number {
  let exponent = Number.isNaN(before) ? 0 : exponentOf(before);
  if (exponent < 0) return -1;
  let largest = Number.isNaN(before) ? 0 : Math.abs(before);
  for (let i = 0; i < rows; i++) {
    if (present !== null && present[i] === 0) continue;
    const value = values[i]!;
    if (value > largest) largest = value;
    else if (-value > largest) largest = -value;
    const power = POWERS[exponent]!;
    if (exponent === 0 ? Math.floor(value) === value : Math.round(value * power) / power === value) continue;
    if (Number.isNaN(value)) continue;
    const finer = exponentOf(value);
    if (finer < 0) return -1;
    exponent = Math.max(exponent, finer);
  }
  const power = POWERS[exponent]!;
  if (!(largest * power <= limit)) return -1;
  if (exponent === 0) return 0;
  // Where a value needs fewer places, its product with the power may be off by one.
  const survives = (value: number) => Math.round(value * power) / power === value || Number.isNaN(value);
  if (!survives(before)) return -1;
  for (let i = 0; i < rows; i++) {
    if ((present === null || present[i] === 1) && !survives(values[i]!)) return -1;
  }
  return exponent;
}

/** What a column holds: one whole number, whole numbers up to a limit (the rule for counters and states), or anything. */
const SHAPE = { constant: 0, whole: 1, any: 2 } as const;

function shapeOf(values: Float64Array, rows: number, largest: number): (typeof SHAPE)[keyof typeof SHAPE] {
  const first = values[0]!;
  if (!(Math.floor(first) === first && Math.abs(first) <= largest)) return SHAPE.any;
  let i = 1;
  while (i < rows && values[i] === first) i++;
  if (i === rows) return SHAPE.constant;
  for (; i < rows; i++) {
    const value = values[i]!;
    if (!(Math.floor(value) === value && value <= largest && value >= -largest)) return SHAPE.any;
  }
  return SHAPE.whole;
}

function aggregateConstant(
  value: number,
  firstRow: Uint32Array,
  buckets: number,
  before: number,
  parts: TierParts,
): void {
  for (let b = 0; b < buckets; b++) {
    const samples = firstRow[b + 1]! - firstRow[b]!;
    parts.samples[b] = samples;
    parts.min[b] = value;
    parts.max[b] = value;
    parts.sum[b] = value * samples;
    parts.last[b] = value;
    parts.increase[b] = 0;
  }
  if (before > value) parts.increase[0] = value;
  else if (before < value) parts.increase[0] = value - before;
}

/** The short way for whole numbers without holes. */
function aggregateWhole(
  values: Float64Array,
  firstRow: Uint32Array,
  buckets: number,
  before: number,
  parts: TierParts,
): void {
  // Without a sample before, growth counts from the first one.
  let previous = Number.isNaN(before) ? values[0]! : before;
  for (let b = 0; b < buckets; b++) {
    const start = firstRow[b]!;
    const end = firstRow[b + 1]!;
    let min = values[start]!;
    let max = min;
    let sum = 0;
    let increase = 0;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      sum += value;
      increase += value < previous ? value : value - previous;
      if (value < min) min = value;
      else if (value > max) max = value;
      previous = value;
    }
    parts.samples[b] = end - start;
    parts.min[b] = min;
    parts.max[b] = max;
    parts.sum[b] = sum;
    parts.last[b] = previous;
    parts.increase[b] = increase;
  }
}

function aggregateColumn(
  values: Float64Array,
  presentOrNull: Uint8Array | null,
  firstRow: Uint32Array,
  buckets: number,
  before: number,
  largest: number,
  parts: TierParts,
): void {
  const rows = firstRow[buckets]!;
  const present = samplesOf(values, presentOrNull, rows);
  const exponent = exponentOfColumn(values, present, rows, before, largest);
  const power = exponent > 0 ? POWERS[exponent]! : 1;
  const scaled = exponent > 0;
  const floats = exponent < 0;
  let previous = scaled ? Math.round(before * power) : before;
  for (let b = 0; b < buckets; b++) {
    let min = Number.NaN;
    let max = Number.NaN;
    let sum = 0;
    let lost = 0;
    let samples = 0;
    let increase = 0;
    for (let i = firstRow[b]!, end = firstRow[b + 1]!; i < end; i++) {
      if (present !== null && present[i] === 0) continue;
      const value = scaled ? Math.round(values[i]! * power) : values[i]!;
      if (samples === 0 || value < min || Number.isNaN(min)) min = value;
      if (samples === 0 || value > max || Number.isNaN(max)) max = value;
      if (floats) {
        const total = sum + value;
        if (total - total === 0) lost += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
        sum = total;
      } else sum += value;
      // A counter that fell was reset: what it shows has grown since then. NaN before the first sample: no growth.
      if (value < previous) increase += value;
      else if (!Number.isNaN(previous)) increase += value - previous;
      previous = value;
      samples++;
    }
    parts.samples[b] = samples;
    if (samples === 0) continue;
    parts.min[b] = min / power;
    parts.max[b] = max / power;
    parts.sum[b] = (sum + lost) / power;
    parts.last[b] = previous / power;
    parts.increase[b] = increase / power;
  }
}
