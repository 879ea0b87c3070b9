/**
 * Range functions under the `anchored` and `smoothed` modifiers, which see samples beyond the window: one before it
 * (anchored), or both neighbours, between which they interpolate (smoothed). Windows come widened by the look-back.
 */
import type { Window, WindowFunction } from '../window.ts';

/** Value on the line between samples `i` and `i + 1`; a counter that was reset starts again at zero. */
function between(window: Window, i: number, timeMs: number, isCounter: boolean): number {
  const { times, values } = window;
  const next = values[i + 1]!;
  let value = values[i]!;
  if (isCounter && next < value) value = 0;
  return value + ((next - value) * (timeMs - times[i]!)) / (times[i + 1]! - times[i]!);
}

/** First index in `[from, to)` for which the time is at least (or more than) `timeMs`, else `to`. */
function search(times: Float64Array, from: number, to: number, timeMs: number, isStrict: boolean): number {
  let at = from;
  while (at < to && (isStrict ? times[at]! <= timeMs : times[at]! < timeMs)) at++;
  return at;
}

function extended(isSmoothed: boolean, isCounter: boolean, isRate: boolean): WindowFunction {
  return (window, out, present, base) => {
    const { times, values, low, high, rangeMs } = window;
    for (let k = 0; k < window.steps; k++) {
      const from = low[k]!;
      if (high[k]! <= from) continue;
      const endMs = window.endMs(k);
      const startMs = endMs - rangeMs;
      let last = high[k]! - 1;
      let first = Math.max(from, search(times, from, last, startMs, true) - 1);
      if (isSmoothed) last = search(times, from, last, endMs, false);
      if (times[last]! <= startMs || (isSmoothed && times[first]! > endMs)) continue;
      const left = isSmoothed && times[first]! < startMs ? between(window, first, startMs, isCounter) : values[first]!;
      const right =
        isSmoothed && last > from && times[last]! > endMs ? between(window, last - 1, endMs, isCounter) : values[last]!;
      let result = right - left;
      if (isCounter) {
        if (times[first]! <= startMs) first++;
        if (times[last]! >= endMs) last--;
        let before = left;
        for (let i = first; i <= last; i++) {
          if (values[i]! < before) result += before;
          before = values[i]!;
        }
        if (right < before) result += before;
      }
      out[base + k] = isRate ? result / (rangeMs / 1000) : result;
      present[base + k] = 1;
    }
  };
}

/** Counts what holds between neighbours, from the last sample at or before the window on. */
function counted(differs: (before: number, now: number) => boolean): WindowFunction {
  return (window, out, present, base) => {
    const { times, values, low, high } = window;
    for (let k = 0; k < window.steps; k++) {
      const from = low[k]!;
      const to = high[k]!;
      if (to <= from) continue;
      const startMs = window.endMs(k) - window.rangeMs;
      if (times[to - 1]! <= startMs) continue;
      const first = Math.max(from, search(times, from, to - 1, startMs, true) - 1);
      let found = 0;
      for (let i = first + 1; i < to; i++) if (differs(values[i - 1]!, values[i]!)) found++;
      out[base + k] = found;
      present[base + k] = 1;
    }
  };
}

export const anchored: Readonly<Record<string, WindowFunction>> = {
  rate: extended(false, true, true),
  increase: extended(false, true, false),
  delta: extended(false, false, false),
  changes: counted((before, now) => now !== before && !(Number.isNaN(now) && Number.isNaN(before))),
  resets: counted((before, now) => now < before),
};

export const smoothed: Readonly<Record<string, WindowFunction>> = {
  rate: extended(true, true, true),
  increase: extended(true, true, false),
  delta: extended(true, false, false),
};
