/** How busy the plant is: three shifts, a slow start and end of each, breaks, quiet weekends. */
export function shiftLoad(atMs: number): number {
  const date = new Date(atMs);
  const hour = date.getHours() + date.getMinutes() / 60;
  const weekend = date.getDay() === 0 || date.getDay() === 6;
  const shift = hour >= 6 && hour < 14 ? 1 : hour >= 14 && hour < 22 ? 0.85 : 0.35;
  const intoShift = (hour + 2) % 8;
  const ramp = Math.min(1, 0.5 + intoShift, 0.5 + (8 - intoShift));
  const onBreak = intoShift > 4 && intoShift < 4.5 ? 0.6 : 1;
  return shift * ramp * onBreak * (weekend ? 0.4 : 1);
}

/** Small reproducible generator (mulberry32), so that a demo looks alike on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A value that wanders around its middle and returns to it: temperatures, loads. */
export class Wander {
  #value: number;
  readonly #random: () => number;
  readonly #step: number;

  constructor(start: number, step: number, random: () => number) {
    this.#value = start;
    this.#step = step;
    this.#random = random;
  }

  next(middle: number): number {
    this.#value += (middle - this.#value) * 0.05 + (this.#random() - 0.5) * this.#step;
    return this.#value;
  }
}
