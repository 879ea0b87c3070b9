/** `rate`, `increase`, `delta`, `irate`, `idelta` with Prometheus' extrapolation to the edges of the window. */
import type { Window, WindowFunction } from '../window.ts';

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
    const { values, low, high, steps, extrapolation } = window;
    const factors = isRate ? extrapolation.factorPerSecond : extrapolation.factor;
    const resetCount = isCounter ? findResets(window) : 0;
    let reset = 0;
    for (let k = 0; k < steps; k++) {
      const first = low[k]!;
      const last = high[k]! - 1;
      if (last <= first) continue;
      const firstValue = values[first]!;
      let result = values[last]! - firstValue;
      if (resetCount > 0) {
        while (reset < resetCount && resets[reset]! <= first) reset++;
        for (let r = reset; r < resetCount && resets[r]! <= last; r++) result += values[resets[r]! - 1]!;
      }
      // From a value of twice the growth zero is further away than what is extrapolated, at most 1.1 times what is sampled.
      const isNearZero = isCounter && result > 0 && firstValue >= 0 && firstValue < 2 * result;
      const factor = isNearZero ? factorFromZero(window, k, firstValue / result, isRate) : factors[k]!;
      out[base + k] = result * factor;
      present[base + k] = 1;
    }
  };
}

/** A counter does not go below zero, so it cannot have begun earlier than its slope allows. */
function factorFromZero(window: Window, k: number, growths: number, isRate: boolean): number {
  const { sampled, toStart, toEnd, factor } = window.extrapolation;
  const seconds = sampled[k]!;
  const toZero = seconds * growths;
  const own = toZero < toStart[k]! && seconds > 0 ? (seconds + toZero + toEnd[k]!) / seconds : factor[k]!;
  return isRate ? own / (window.rangeMs / 1000) : own;
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
