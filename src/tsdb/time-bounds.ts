/** Oldest and newest time that each row group may have rows of: wide rather than narrow. */
import { grownFloat64 } from './growing.ts';

export class TimeBounds {
  #minMs = new Float64Array(512).fill(Number.POSITIVE_INFINITY);
  #maxMs = new Float64Array(512).fill(Number.NEGATIVE_INFINITY);

  widen(group: number, minMs: number, maxMs: number): void {
    if (group >= this.#minMs.length) this.#grow(group);
    if (minMs < this.#minMs[group]!) this.#minMs[group] = minMs;
    if (maxMs > this.#maxMs[group]!) this.#maxMs[group] = maxMs;
  }

  overlaps(group: number, fromMs: number, toMs: number): boolean {
    return group < this.#minMs.length && this.#minMs[group]! <= toMs && this.#maxMs[group]! >= fromMs;
  }

  minMs(group: number): number {
    return this.#minMs[group] ?? Number.POSITIVE_INFINITY;
  }

  maxMs(group: number): number {
    return this.#maxMs[group] ?? Number.NEGATIVE_INFINITY;
  }

  forget(group: number): void {
    if (group >= this.#minMs.length) return;
    this.#minMs[group] = Number.POSITIVE_INFINITY;
    this.#maxMs[group] = Number.NEGATIVE_INFINITY;
  }

  #grow(group: number): void {
    const length = this.#minMs.length;
    this.#minMs = grownFloat64(this.#minMs, group);
    this.#maxMs = grownFloat64(this.#maxMs, group);
    this.#minMs.fill(Number.POSITIVE_INFINITY, length);
    this.#maxMs.fill(Number.NEGATIVE_INFINITY, length);
  }
}
