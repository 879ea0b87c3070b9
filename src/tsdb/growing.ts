/** Typed arrays that grow by half when an index beyond their end is needed. */

/** The array itself, or a longer copy of it in which `index` exists. New places are 0. */
export function grownInt32(array: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  if (index < array.length) return array;
  const longer = new Int32Array(Math.max(index + 1, array.length + (array.length >> 1) + 8));
  longer.set(array);
  return longer;
}

/** As `grownInt32`, for float64. */
export function grownFloat64(array: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  if (index < array.length) return array;
  const longer = new Float64Array(Math.max(index + 1, array.length + (array.length >> 1) + 8));
  longer.set(array);
  return longer;
}

/** As `grownInt32`, for bytes. */
export function grownUint8(array: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  if (index < array.length) return array;
  const longer = new Uint8Array(Math.max(index + 1, array.length + (array.length >> 1) + 8));
  longer.set(array);
  return longer;
}
