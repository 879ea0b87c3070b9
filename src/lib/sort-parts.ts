/** A stable sort in parts, for lists that take longer to sort than a thread may go without hearing others. */
import type { Parts } from './parts.ts';

/** Sorted at one go; also how many numbers are merged in one part. */
const RUN = 2048;

/** Sorts numbers, which usually are places in other lists. */
export function* sortInParts(order: Int32Array, compare: (a: number, b: number) => number): Parts<void> {
  const { length } = order;
  for (let from = 0; from < length; from += RUN) {
    order.subarray(from, from + RUN).sort(compare);
    yield;
  }
  let source = order;
  let target = length > RUN ? new Int32Array(length) : order;
  for (let width = RUN; width < length; width *= 2) {
    for (let from = 0; from < length; from += 2 * width) {
      const middle = Math.min(length, from + width);
      const end = Math.min(length, middle + width);
      for (let left = from, right = middle, to = from; to < end; to++) {
        const takesLeft = left < middle && (right === end || compare(source[left]!, source[right]!) <= 0);
        target[to] = takesLeft ? source[left++]! : source[right++]!;
        if (to % RUN === 0) yield;
      }
    }
    [source, target] = [target, source];
  }
  if (source !== order) order.set(source);
}
