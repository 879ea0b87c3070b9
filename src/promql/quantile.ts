/** Quantiles by linear interpolation between the nearest ranks. NaN counts as the smallest value. */

/** Value between ranks of `count` sorted values that `at` gives. */
function interpolate(q: number, count: number, at: (rank: number) => number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}

/** Quantile of values in any order. Sorts them in place. */
export function quantileOf(q: number, values: Float64Array): number {
  values.sort();
  // Typed arrays sort NaN to the end.
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  return interpolate(q, values.length, (rank) => (rank < nans ? Number.NaN : values[rank - nans]!));
}

/** A sorted bag of values to which single values are added and from which they are removed. */
export class SortedValues {
  #values = new Float64Array(256);
  #count = 0;
  #nans = 0;

  /** Holds these values and no others. */
  fill(values: Float64Array): void {
    if (this.#values.length < values.length) this.#values = new Float64Array(values.length * 2);
    const held = this.#values.subarray(0, values.length);
    held.set(values);
    held.sort();
    // Typed arrays sort NaN to the end.
    this.#count = values.length;
    while (this.#count > 0 && Number.isNaN(held[this.#count - 1])) this.#count--;
    this.#nans = values.length - this.#count;
  }

  add(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans++;
      return;
    }
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    const at = this.#position(value);
    this.#values.copyWithin(at + 1, at, this.#count++);
    this.#values[at] = value;
  }

  /** Removes one value that was added before. */
  remove(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans--;
      return;
    }
    this.#values.copyWithin(this.#position(value), this.#position(value) + 1, this.#count--);
  }

  quantile(q: number): number {
    const nans = this.#nans;
    return interpolate(q, this.#count + nans, (rank) => (rank < nans ? Number.NaN : this.#values[rank - nans]!));
  }

  /** Index of the first value that is not smaller. */
  #position(value: number): number {
    const values = this.#values;
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (values[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
