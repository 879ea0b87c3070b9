/**
 * Where a long run is cut into blocks: at multiples of a window that depends on the step alone, so that row groups
 * which are polled together are cut at the same rows even when one of them has missed some, and share their times.
 */
import { MAX_BLOCK_ROWS } from './encoding/block-limits.ts';

/** Runs up to this many rows stay whole. */
const WHOLE_ROWS = 1440;
/** Windows hold 0.5 … 1 times this many rows. No usual step lies near a power of two of seconds over it. */
const WINDOW_ROWS = 1200;
/** A window with fewer rows is joined with the next. */
const LEAST_ROWS = 256;

/** Ends of the blocks (exclusive, the last is `count`) for `times[0, count)`. */
export function cutRun(times: Float64Array, count: number): number[] {
  if (count <= WHOLE_ROWS) return [count];
  const stepMs = (times[count - 1]! - times[0]!) / (count - 1);
  const windowMs = 2 ** Math.floor(Math.log2((stepMs / 1000) * WINDOW_ROWS)) * 1000;
  const ends: number[] = [];
  let start = 0;
  let window = Math.floor(times[0]! / windowMs);
  for (let i = 1; i < count; i++) {
    const at = Math.floor(times[i]! / windowMs);
    if (i - start < MAX_BLOCK_ROWS && (at === window || i - start < LEAST_ROWS)) continue;
    ends.push(i);
    start = i;
    window = at;
  }
  ends.push(count);
  return ends;
}
