/** One classic histogram at one step: cumulative counts by upper bound, and what is computed from them. */

/** Relative difference of neighbouring counts that is taken for a rounding error. */
const TOLERANCE = 1e-12;

export class Buckets {
  /** Upper bounds, ascending. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  size = 0;
  /** What `quantile` had to correct: the range of bounds and the largest decrease. */
  wasFixed = false;
  fixedFrom = 0;
  fixedTo = 0;
  largestFix = 0;

  constructor(capacity: number) {
    this.bounds = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  /** Adds the next bucket; bounds come in ascending order and equal ones are added up. */
  add(bound: number, count: number): void {
    const last = this.size - 1;
    if (last >= 0 && this.bounds[last] === bound) this.counts[last]! += count;
    else {
      this.bounds[this.size] = bound;
      this.counts[this.size++] = count;
    }
  }

  get isComplete(): boolean {
    return this.size > 0 && this.bounds[this.size - 1] === Number.POSITIVE_INFINITY;
  }

  #fixMonotonicity(): void {
    const { bounds, counts } = this;
    this.wasFixed = false;
    this.fixedFrom = Number.POSITIVE_INFINITY;
    this.fixedTo = Number.NEGATIVE_INFINITY;
    this.largestFix = 0;
    let before = counts[0]!;
    for (let i = 1; i < this.size; i++) {
      const count = counts[i]!;
      if (count === before) continue;
      const isRounding = Math.abs(before - count) / Math.min(before + count, Number.MAX_VALUE) < TOLERANCE;
      if (isRounding || count < before) counts[i] = before;
      else before = count;
      if (isRounding || count >= before) continue;
      this.wasFixed = true;
      this.fixedFrom = Math.min(this.fixedFrom, bounds[i]!);
      this.fixedTo = Math.max(this.fixedTo, bounds[i]!);
      this.largestFix = Math.max(this.largestFix, before - count);
    }
  }

  /** The `q`-quantile, by linear interpolation within a bucket. May change the counts. */
  quantile(q: number): number {
    this.wasFixed = false;
    if (Number.isNaN(q)) return Number.NaN;
    if (q < 0) return Number.NEGATIVE_INFINITY;
    if (q > 1) return Number.POSITIVE_INFINITY;
    if (!this.isComplete) return Number.NaN;
    this.#fixMonotonicity();
    const { bounds, counts, size } = this;
    if (size < 2) return Number.NaN;
    const observations = counts[size - 1]!;
    if (observations === 0) return Number.NaN;
    let rank = q * observations;
    let at = 0;
    while (at < size - 1 && !(counts[at]! >= rank)) at++;
    if (at === size - 1) return bounds[size - 2]!;
    if (at === 0 && bounds[0]! <= 0) return bounds[0]!;
    let start = 0;
    let count = counts[at]!;
    if (at > 0) {
      start = bounds[at - 1]!;
      count -= counts[at - 1]!;
      rank -= counts[at - 1]!;
    }
    return start + (bounds[at]! - start) * (rank / count);
  }

  /** The part of the observations between `lower` and `upper`. */
  fraction(lower: number, upper: number): number {
    if (!this.isComplete) return Number.NaN;
    const observations = this.counts[this.size - 1]!;
    if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
    if (lower >= upper) return 0;
    return (this.#rankOf(upper, observations) - this.#rankOf(lower, observations)) / observations;
  }

  /** How many observations are at or below `value`. */
  #rankOf(value: number, observations: number): number {
    const { bounds, counts, size } = this;
    let rank = 0;
    let lower = bounds[0]! <= 0 ? Number.NEGATIVE_INFINITY : 0;
    for (let i = 0; i < size; i++) {
      const upper = bounds[i]!;
      if (lower >= value) return Math.min(rank, observations);
      if (upper > value) {
        // Nothing is known about where in a bucket without an end its observations are.
        const inside =
          lower === Number.NEGATIVE_INFINITY
            ? counts[i]!
            : rank + ((counts[i]! - rank) * (value - lower)) / (upper - lower);
        return Math.min(inside, observations);
      }
      rank = counts[i]!;
      lower = upper;
    }
    return observations;
  }
}
