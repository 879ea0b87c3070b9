/** `rate`, `increase`, `delta`, `irate`, `idelta` with Prometheus' extrapolation to the edges of the window. */
import type { Window, WindowFunction } from '../window.ts';

/** Samples closer to an edge than this many average intervals are taken to continue to the edge. */
const EDGE_INTERVALS = 1.1;

/** Indexes of samples that are smaller than the one before, reused between series. */
let resets = new Int32Array(64);

function findResets(window: Window): number {
  const { values, count } = window;
  let found = 0;
  for (let i = 1; i < count; i++) {
    if (values[i]! < values[i - 1]!) {
      if (found === resets.length) {
        const larger = new Int32Array(found * 2);
        larger.set(resets);
        resets = larger;
      }
      resets[found++] = i;
    }
  }
  return found;
}

function extrapolated(isCounter: boolean, isRate: boolean): WindowFunction {
  return (window, out, present, base) => {
    const { times, values, low, high, steps, rangeMs } = window;
    const rangeSeconds = rangeMs / 1000;
    const resetCount = isCounter ? findResets(window) : 0;
    let reset = 0;
    for (let k = 0; k < steps; k++) {
      const first = low[k]!;
      const last = high[k]! - 1;
      if (last <= first) continue;
      const endMs = window.firstEndMs + k * window.strideMs;
      const firstValue = values[first]!;
      let result = values[last]! - firstValue;
      if (resetCount > 0) {
        while (reset < resetCount && resets[reset]! <= first) reset++;
        for (let r = reset; r < resetCount && resets[r]! <= last; r++) result += values[resets[r]! - 1]!;
      }
      const sampledSeconds = (times[last]! - times[first]!) / 1000;
      const averageSeconds = sampledSeconds / (last - first);
      const threshold = averageSeconds * EDGE_INTERVALS;
      let toStart = (times[first]! - (endMs - rangeMs)) / 1000;
      let toEnd = (endMs - times[last]!) / 1000;
      if (toStart >= threshold) toStart = averageSeconds / 2;
      if (isCounter && result > 0 && firstValue >= 0) {
        // A counter does not go below zero, so it cannot have begun earlier than its slope allows.
        const toZero = sampledSeconds * (firstValue / result);
        if (toZero < toStart) toStart = toZero;
      }
      if (toEnd >= threshold) toEnd = averageSeconds / 2;
      let factor = sampledSeconds === 0 ? 1 : (sampledSeconds + toStart + toEnd) / sampledSeconds;
      if (isRate) factor /= rangeSeconds;
      out[base + k] = result * factor;
      present[base + k] = 1;
    }
  };
}

function lastTwo(isRate: boolean): WindowFunction {
  return (window, out, present, base) => {
    const { times, values, low, high, steps } = window;
    for (let k = 0; k < steps; k++) {
      const last = high[k]! - 1;
      if (last <= low[k]!) continue;
      const elapsedMs = times[last]! - times[last - 1]!;
      if (elapsedMs === 0) continue;
      const [before, now] = [values[last - 1]!, values[last]!];
      const change = isRate && now < before ? now : now - before;
      out[base + k] = isRate ? change / (elapsedMs / 1000) : change;
      present[base + k] = 1;
    }
  };
}

export const rate = extrapolated(true, true);
export const increase = extrapolated(true, false);
export const delta = extrapolated(false, false);
export const irate = lastTwo(true);
export const idelta = lastTwo(false);
