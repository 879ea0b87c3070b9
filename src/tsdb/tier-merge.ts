/**
 * Puts runs of buckets of one row group together: parts of a bucket that two raw segments share are combined, buckets
 * recomputed after late rows replace the old ones, and five-minute buckets become hours.
 */
import { exponentOf, POWERS } from './encoding/decimal.ts';
import { newTierParts, type TierParts } from './encoding/tier-parts.ts';
import type { TierRun } from './segment-types.ts';

/** What happens to buckets that both runs have: `combine` takes the second run's samples as later ones. */
export type Overlap = 'combine' | 'replace';

/** Adds two sums. Of decimals the result is the decimal nearest to the true sum. */
function addExactly(a: number, b: number): number {
  const sum = a + b;
  if (Number.isInteger(sum) && Number.isInteger(a)) return sum;
  const exponent = Math.max(exponentOf(a), exponentOf(b));
  if (exponent <= 0 || exponentOf(a) < 0 || exponentOf(b) < 0) return sum;
  const power = POWERS[exponent]!;
  const whole = Math.round(a * power) + Math.round(b * power);
  return Number.isSafeInteger(whole) ? whole / power : sum;
}

function lesser(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

function greater(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}

/** Combines the bucket `i` of `from`, whose samples are later, with bucket `at` of `into`. */
function combine(into: TierParts, at: number, from: TierParts, i: number): void {
  if (from.samples[i] === 0) return;
  if (into.samples[at] === 0) {
    copy(into, at, from, i);
    return;
  }
  into.min[at] = lesser(into.min[at]!, from.min[i]!);
  into.max[at] = greater(into.max[at]!, from.max[i]!);
  into.sum[at] = addExactly(into.sum[at]!, from.sum[i]!);
  into.samples[at] = into.samples[at]! + from.samples[i]!;
  into.last[at] = from.last[i]!;
  into.increase[at] = addExactly(into.increase[at]!, from.increase[i]!);
}

function copy(into: TierParts, at: number, from: TierParts, i: number): void {
  into.min[at] = from.min[i]!;
  into.max[at] = from.max[i]!;
  into.sum[at] = from.sum[i]!;
  into.samples[at] = from.samples[i]!;
  into.last[at] = from.last[i]!;
  into.increase[at] = from.increase[i]!;
}

/** A run that is being put together. New columns have no samples in the buckets before. */
class RunBuilder {
  readonly starts: Float64Array;
  readonly columns: TierParts[];
  count = 0;

  constructor(most: number, columns: number) {
    this.starts = new Float64Array(most);
    this.columns = Array.from({ length: columns }, () => newTierParts(most));
  }

  /** The bucket that begins at `start`, which is the last or a new one. */
  bucket(start: number): number {
    if (this.count === 0 || this.starts[this.count - 1] !== start) this.starts[this.count++] = start;
    return this.count - 1;
  }
}

/** Merges two runs whose columns are numbered alike; the one with fewer columns lacks the last ones. */
export function mergeTierRuns(older: TierRun, newer: TierRun, overlap: Overlap): TierRun {
  const builder = new RunBuilder(older.count + newer.count, Math.max(older.columns.length, newer.columns.length));
  let a = 0;
  let b = 0;
  while (a < older.count || b < newer.count) {
    const startA = a < older.count ? older.starts[a]! : Infinity;
    const startB = b < newer.count ? newer.starts[b]! : Infinity;
    const at = builder.bucket(Math.min(startA, startB));
    if (startA <= startB && (startA < startB || overlap === 'combine')) {
      older.columns.forEach((parts, c) => {
        copy(builder.columns[c]!, at, parts, a);
      });
    }
    if (startB <= startA) {
      newer.columns.forEach((parts, c) => {
        combine(builder.columns[c]!, at, parts, b);
      });
    }
    if (startA <= startB) a++;
    if (startB <= startA) b++;
  }
  return builder;
}

/** Aggregates buckets into wider ones, `tierMs` wide, a multiple of theirs. */
export function coarsen(run: TierRun, tierMs: number): TierRun {
  const builder = new RunBuilder(run.count, run.columns.length);
  for (let i = 0; i < run.count; i++) {
    const at = builder.bucket(Math.floor(run.starts[i]! / tierMs) * tierMs);
    run.columns.forEach((parts, c) => {
      combine(builder.columns[c]!, at, parts, i);
    });
  }
  return builder;
}
